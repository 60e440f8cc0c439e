# Judges what the event is about and writes the verdict as a status. Exit code 0 passes, 1 refuses, 2 could not run.
# Where contexts are named it runs twice. At first, a change that is proved to reduce is judged at once: a kill waits for no
# contexts. For any other, the output `workspace` says where the second run, with the contexts, finds the clone of the first:
# a preview counts for the very commits that it was made of.
set -euo pipefail
# shellcheck source=../clone.sh
source "$GITHUB_ACTION_PATH/../clone.sh"
# shellcheck source=../contexts.sh
source "$GITHUB_ACTION_PATH/../contexts.sh"

# What is judged without asking the host, and without anybody who waits longer for it.
LOCAL_SECONDS=120

is_first=no
if [ -z "${WORKSPACE:-}" ]; then
  is_first=yes
  WORKSPACE=$(mktemp -d "$RUNNER_TEMP/guidon-XXXXXXXX")
fi
REPOSITORY=$WORKSPACE/repository
# For later steps of the job; the runner empties the folder.
PREVIEW=$RUNNER_TEMP/flag-preview.json
verdict=2

conclude() {
  local state=error text="could not be judged; the log of the run says why"
  if [ "$verdict" = 0 ]; then state=success text="may be merged"; fi
  if [ "$verdict" = 1 ]; then state=failure text="is refused; the log of the run says why"; fi
  bash "$GITHUB_ACTION_PATH/status.sh" "$state" "$text" || verdict=2
  rm -rf "$WORKSPACE"
  exit "$verdict"
}
trap conclude EXIT

# The worst of all that is judged counts.
worst=0
note() {
  if [ "$1" -gt "$worst" ]; then worst=$1; fi
}

refuse() {
  echo "::error::$1"
  note 1
}

# Prints three lines of a pull request: its state, the branch that it goes to, its head.
read_pull_request() {
  printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" |
    curl --config - --silent --show-error --fail --max-time 30 --retry 3 --max-filesize 5000000 \
      --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
      "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/pulls/$1" |
    node -e 'const { state, base, head } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      for (const part of [state, base.ref, head.sha]) console.log(part);'
}

# Words for `flagctl check` of each that is to be judged, all of the same head and base.
subjects=()

# $1 is a pull request's number. Its verdict would be about another merge where it goes to another branch: a commit's
# status does not say for which pull request it was found.
consider_pull_request() {
  local facts state base head
  facts=$(read_pull_request "$1")
  { read -r state; read -r base; read -r head; } <<<"$facts"
  if [ "$state" != open ]; then
    echo "Pull request $1 is $state."
    return
  fi
  found=$((found + 1))
  if [ "$head" != "$HEAD" ]; then
    refuse "pull request $1 has moved on to $head; the run for that commit will judge it"
    return
  fi
  if [ "$base" != "$BRANCH" ]; then
    refuse "pull request $1 goes to the branch '$base'; only '$BRANCH' is served and controlled"
    return
  fi
  authorised_git -C "$REPOSITORY" fetch --quiet --no-tags --no-recurse-submodules origin "+refs/pull/$1/head:refs/guidon/$1"
  if [ "$(git -C "$REPOSITORY" rev-parse --verify --end-of-options "refs/guidon/$1^{commit}")" != "$HEAD" ]; then
    refuse "pull request $1 has moved on; the run for its new commit will judge it"
    return
  fi
  subjects+=("--pull-request $1 --comment")
}

consider_group() {
  found=1
  if [ "$GROUP_BASE" != "refs/heads/$BRANCH" ]; then
    refuse "the merge queue is that of '$GROUP_BASE'; only '$BRANCH' is served and controlled"
    return
  fi
  authorised_git -C "$REPOSITORY" fetch --quiet --no-tags --no-recurse-submodules origin "+$HEAD:refs/guidon/group"
  # A squashed pull request's own head is not in the group; a number in a message is only where to look.
  local number
  for number in $(git -C "$REPOSITORY" log --format=%s "origin/$BRANCH..$HEAD" | grep -oE '#[1-9][0-9]{0,8}' | tr -d '#' | sort -un | head -n 100); do
    authorised_git -C "$REPOSITORY" fetch --quiet --no-tags --no-recurse-submodules origin \
      "+refs/pull/$number/head:refs/guidon/$number" || echo "There is no pull request $number."
  done
  subjects+=("--queue")
}

# The pull requests whose head is the commit, as git itself has them: what another run says is not believed.
consider_by_head() {
  local number numbers
  numbers=$(authorised_git -C "$REPOSITORY" ls-remote --quiet origin 'refs/pull/*/head' |
    awk -v head="$HEAD" '$1 == head { split($2, part, "/"); print part[3] }')
  for number in $numbers; do consider_pull_request "$number"; done
}

# Prints what is proved of the change: `reducing`; `same`, where nobody gets another value; else `open`. It says so of rules
# and files alone, so that nobody is asked for it.
direction() {
  local json
  json=$(bounded_flagctl "$LOCAL_SECONDS" check --base "origin/$BRANCH" --head "$HEAD" --json 2>/dev/null || true)
  node -e 'const { isReducing, flags } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const isSame = flags.every(({ effects }) => effects.every(({ direction }) => direction === "same"));
    console.log(isReducing ? "reducing" : isSame ? "same" : "open");' <<<"$json" 2>/dev/null || echo open
}

# $1 says whether a preview is made.
judge_subjects() {
  local subject preview=()
  if [ "$1" = yes ]; then
    gather_contexts
    if preview_merge "origin/$BRANCH" "$HEAD" "$CONTEXTS_SECONDS" "$PREVIEW"; then
      preview=(--preview "$PREVIEW")
      echo "preview=$PREVIEW" >>"$GITHUB_OUTPUT"
    fi
  fi
  flagctl validate --rev "$HEAD" --format github || note $?
  for subject in "${subjects[@]}"; do
    # Words of our own, without spaces of theirs.
    # shellcheck disable=SC2086
    flagctl check --base "origin/$BRANCH" --head "$HEAD" $subject "${preview[@]}" --format github || note $?
  done
  # A group of the merge queue has no comment to hold it.
  if [ "${#preview[@]}" -gt 0 ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    bounded_flagctl "$LOCAL_SECONDS" check --base "origin/$BRANCH" --head "$HEAD" "${preview[@]}" --format markdown \
      >>"$GITHUB_STEP_SUMMARY" || true
  fi
}

found=0
if [ "$is_first" = yes ]; then clone_branch "$REPOSITORY"; fi
case "$GITHUB_EVENT_NAME" in
  pull_request_target)
    consider_pull_request "$NUMBER"
    ;;
  merge_group)
    consider_group
    ;;
  workflow_run)
    consider_by_head
    ;;
  *)
    echo "::error::$GITHUB_EVENT_NAME is no event to judge at; use pull_request_target, merge_group or workflow_run"
    exit
    ;;
esac
if [ "$found" = 0 ]; then
  echo "No open pull request has this head."
  # It stays pending: whoever opens one has it judged.
  trap - EXIT
  rm -rf "$WORKSPACE"
  exit 0
fi
if [ "${#subjects[@]}" -gt 0 ]; then
  proved=open
  if [ "$is_first" = yes ]; then proved=$(direction); fi
  if [ "$proved" != open ]; then
    echo "The change is proved to be $proved, so it is judged without a preview."
    judge_subjects no
  elif [ "$is_first" = yes ] && names_contexts; then
    # It stays pending until the next steps.
    trap - EXIT
    echo "workspace=$WORKSPACE" >>"$GITHUB_OUTPUT"
    exit 0
  else
    judge_subjects yes
  fi
fi
# More than 2 is a program that crashed or was killed.
if [ "$worst" -gt 2 ]; then worst=2; fi
verdict=$worst
