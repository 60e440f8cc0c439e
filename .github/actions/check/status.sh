# Writes a commit status: status.sh pending|success|failure|error TEXT. HEAD, STATUS and GITHUB_TOKEN say on what, as what
# and with what right.
set -euo pipefail

# They stand in a URL and in JSON below.
[[ $HEAD =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || { echo "::error::the event names no commit"; exit 2; }
[[ $STATUS =~ ^[A-Za-z0-9\ ._/-]{1,100}$ ]] || { echo "::error::the input status is no name"; exit 2; }

body=$(printf '{"state":"%s","context":"%s","description":"%s","target_url":"%s"}' \
  "$1" "$STATUS" "$2" "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID")
# The token goes in by standard input: arguments can be seen by every process.
printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" |
  curl --config - --silent --show-error --fail --output /dev/null --max-time 30 --retry 3 \
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
    --data "$body" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/$HEAD"
