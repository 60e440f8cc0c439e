# Sourced by the actions: functions that read the repository, and flagctl.

# git with the token, which stands in no argument, no file and no other program's environment. It reads no configuration
# of the machine: a filter or a hook that is set there would run on what it fetches.
authorised_git() {
  authorised git "$@"
}

# Any program whose git is to have the token.
authorised() {
  local login
  login=$(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 | tr -d '\n')
  GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 \
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" \
    GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $login" "$@"
}

# Clones the branch that is served, with all of its history, into a folder of its own: $1.
clone_branch() {
  authorised_git clone --quiet --no-tags --single-branch --branch "$BRANCH" -- \
    "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "$1"
}

flagctl() {
  node "$GITHUB_ACTION_PATH/../../../dist/scripts/flagctl.js" --repo "$REPOSITORY" "$@"
}

# flagctl for at most so many seconds ($1), and as nobody: for what asks no host.
bounded_flagctl() {
  local seconds=$1
  shift
  env -u GITHUB_TOKEN -u CONTEXTS_TOKEN -u GUIDON_WEBHOOK_URL timeout --kill-after=10 "$seconds" \
    node "$GITHUB_ACTION_PATH/../../../dist/scripts/flagctl.js" --repo "$REPOSITORY" "$@"
}
