# Judges what the event is about and writes the verdict as a status. Exit code 0 passes, 1 refuses, 2 could not run.
set -euo pipefail
# shellcheck source=../clone.sh
source "$GITHUB_ACTION_PATH/../clone.sh"

REPOSITORY=$(mktemp -d "$RUNNER_TEMP/guidon-XXXXXXXX")
verdict=2

conclude() {
  local state=error text="could not be judged; the log of the run says why"
  if [ "$verdict" = 0 ]; then state=success text="may be merged"; fi
  if [ "$verdict" = 1 ]; then state=failure text="is refused; the log of the run says why"; fi
  bash "$GITHUB_ACTION_PATH/status.sh" "$state" "$text" || verdict=2
  rm -rf "$REPOSITORY"
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

# $1 is a pull request's number. Its verdict would be about another merge where it goes to another branch: a commit's
# status does not say for which pull request it was found.
judge_pull_request() {
  local facts state base head code=0
  facts=$(read_pull_request "$1")
  { read -r state; read -r base; read -r head; } <<<"$facts"
  if [ "$state" != open ]; then
    echo "Pull request $1 is $state."
    return
  fi
  judged=$((judged + 1))
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
  flagctl validate --rev "$HEAD" --format github || note $?
  flagctl check --base "origin/$BRANCH" --head "$HEAD" --pull-request "$1" --comment --format github || note $?
}

judge_group() {
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
  flagctl validate --rev "$HEAD" --format github || note $?
  flagctl check --base "origin/$BRANCH" --head "$HEAD" --queue --format github || note $?
}

# The pull requests whose head is the commit, as git itself has them: what another run says is not believed.
judge_by_head() {
  local number numbers
  numbers=$(authorised_git -C "$REPOSITORY" ls-remote --quiet origin 'refs/pull/*/head' |
    awk -v head="$HEAD" '$1 == head { split($2, part, "/"); print part[3] }')
  for number in $numbers; do judge_pull_request "$number"; done
}

judged=0
clone_branch "$REPOSITORY"
case "$GITHUB_EVENT_NAME" in
  pull_request_target)
    judge_pull_request "$NUMBER"
    ;;
  merge_group)
    judge_group
    judged=1
    ;;
  workflow_run)
    judge_by_head
    ;;
  *)
    echo "::error::$GITHUB_EVENT_NAME is no event to judge at; use pull_request_target, merge_group or workflow_run"
    exit
    ;;
esac
if [ "$judged" = 0 ]; then
  echo "No open pull request has this head."
  # It stays pending: whoever opens one has it judged.
  trap - EXIT
  rm -rf "$REPOSITORY"
  exit 0
fi
# More than 2 is a program that crashed or was killed.
if [ "$worst" -gt 2 ]; then worst=2; fi
verdict=$worst
