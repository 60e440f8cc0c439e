# Validates the branch that is served, records what came to it with whom it moved, and verifies its history. Exit code 0 is
# clean, 1 has findings, 2 could not run.
set -euo pipefail
# shellcheck source=../clone.sh
source "$GITHUB_ACTION_PATH/../clone.sh"
# shellcheck source=../contexts.sh
source "$GITHUB_ACTION_PATH/../contexts.sh"

REPOSITORY=$WORKSPACE/repository
trap 'rm -rf "$WORKSPACE"' EXIT

# More come at once only after an outage; the newest tell most.
MAX_PREVIEWS=20

# Prints `base head` of each commit without a record, newest first; and of all of them as one, which a pull request
# is whose commits were rebased.
unrecorded() {
  local recorded commit base head newest= oldest_base= count=0
  recorded=$(git -C "$REPOSITORY" notes --ref=refs/notes/guidon-evidence list | cut -d' ' -f2)
  while read -r commit; do
    if grep -qxF "$commit" <<<"$recorded"; then break; fi
    base=$(git -C "$REPOSITORY" rev-parse --verify --quiet "$commit^1") || break
    head=$(git -C "$REPOSITORY" rev-parse --verify --quiet "$commit^2") || head=$commit
    echo "$base $head"
    if [ -z "$newest" ]; then newest=$commit; fi
    oldest_base=$base
    count=$((count + 1))
    # Of a branch without any record, the first one is of its tip.
    if [ -z "$recorded" ]; then break; fi
  done < <(git -C "$REPOSITORY" rev-list --first-parent --max-count="$MAX_PREVIEWS" "origin/$BRANCH")
  if [ "$count" -gt 1 ]; then echo "$oldest_base $newest"; fi
}

previews=()
make_previews() {
  local deadline base head left file
  names_contexts || return 0
  gather_contexts
  if [ "${#contexts[@]}" = 0 ]; then return 0; fi
  # Two of the longest; what is not done by then is recorded without.
  deadline=$((SECONDS + 2 * CONTEXTS_SECONDS))
  while read -r base head; do
    left=$((deadline - SECONDS))
    if [ "$left" -le 0 ]; then
      echo "::error::there is no time left for more previews; the rest is recorded without"
      return 0
    fi
    if [ "$left" -gt "$CONTEXTS_SECONDS" ]; then left=$CONTEXTS_SECONDS; fi
    file=$WORKSPACE/preview-${#previews[@]}.json
    if preview_merge "$base" "$head" "$left" "$file"; then previews+=("--preview=$file"); fi
  done < <(unrecorded)
}

make_previews
notify=()
if [ -n "${GUIDON_WEBHOOK_URL:-}" ]; then notify=(--notify); fi
worst=0
run() {
  local code=0
  authorised flagctl "$@" || code=$?
  if [ "$code" -gt "$worst" ]; then worst=$code; fi
}
run validate --format github
run audit record "${notify[@]}" "${previews[@]}"
run audit verify
if [ "$worst" -gt 2 ]; then worst=2; fi
exit "$worst"
