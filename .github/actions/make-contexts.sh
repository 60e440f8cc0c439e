# Runs the command that prints contexts, in a checkout of the main branch of its own. It is a step to which no token is
# given: what the command starts could read one out of the memory or the environment of the process that starts it.
# Never ends the judgement: the file contexts-made says that all went well.
set -uo pipefail

# As much as an artifact may unpack to.
MAX_BYTES=1073741824
if ! [[ $CONTEXTS_SECONDS =~ ^[1-9][0-9]{0,4}$ ]]; then CONTEXTS_SECONDS=240; fi
CHECKOUT=$WORKSPACE/checkout
OUTPUT=$WORKSPACE/contexts/command.jsonl

give_up() {
  echo "::error::the command for contexts $1"
  exit 0
}

mkdir -p "$WORKSPACE/contexts" "$WORKSPACE/bin"
# Nothing that the command leaves behind in it is judged.
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null git clone --quiet --no-tags --shared \
  --branch "$BRANCH" -- "$WORKSPACE/repository" "$CHECKOUT" || give_up "has no checkout of $BRANCH to run in"
printf '#!/usr/bin/env bash\nexec node %q "$@"\n' "$(realpath "$GITHUB_ACTION_PATH/../../../dist/scripts/flagctl.js")" \
  >"$WORKSPACE/bin/flagctl"
chmod +x "$WORKSPACE/bin/flagctl"

# By the files that these name, one step of a job decides what later ones run.
unset GITHUB_ENV GITHUB_PATH GITHUB_OUTPUT GITHUB_STATE GITHUB_STEP_SUMMARY BASH_ENV
# Those of a job that has set them for all of its steps.
unset GITHUB_TOKEN GH_TOKEN CONTEXTS_TOKEN GUIDON_WEBHOOK_URL GUIDON_WEBHOOK_URLS

cd "$CHECKOUT" || give_up "has no checkout to run in"
# What it says is no command to the runner. It cannot know the word that ends this: that is no variable of its environment.
stopped=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "::stop-commands::$stopped"
# What it leaves running keeps the output open, which nobody waits for.
PATH="$WORKSPACE/bin:$PATH" timeout --kill-after=2 "$CONTEXTS_SECONDS" \
  bash --noprofile --norc -e -o pipefail -c "$CONTEXTS_COMMAND" </dev/null |
  timeout --kill-after=2 "$((CONTEXTS_SECONDS + 4))" head -c "$((MAX_BYTES + 1))" >"$OUTPUT"
codes=("${PIPESTATUS[@]}")
echo "::$stopped::"
bytes=$(stat -c %s "$OUTPUT")
if [ "$bytes" -gt "$MAX_BYTES" ]; then give_up "printed more than $MAX_BYTES bytes"; fi
if [ "${codes[0]}" = 124 ] || [ "${codes[0]}" = 137 ]; then give_up "took longer than $CONTEXTS_SECONDS s"; fi
if [ "${codes[0]}" != 0 ]; then give_up "ended with exit code ${codes[0]}"; fi
if [ "${codes[1]}" != 0 ]; then give_up "left a process behind that keeps its output open"; fi
if [ "$bytes" = 0 ]; then give_up "printed nothing"; fi
touch "$WORKSPACE/contexts-made"
