# Validates the branch that is served, records what came to it, and verifies its history. Exit code 0 is clean, 1 has
# findings, 2 could not run.
set -euo pipefail
# shellcheck source=../clone.sh
source "$GITHUB_ACTION_PATH/../clone.sh"

REPOSITORY=$(mktemp -d "$RUNNER_TEMP/guidon-XXXXXXXX")
trap 'rm -rf "$REPOSITORY"' EXIT
clone_branch "$REPOSITORY"

NOTES=refs/notes/guidon-evidence
# There are none before the first record.
authorised_git -C "$REPOSITORY" fetch --quiet --no-tags origin "+$NOTES:$NOTES" || echo "There are no records yet."

record="audit record"
if [ -n "${GUIDON_WEBHOOK_URL:-}" ]; then record="audit record --notify"; fi
worst=0
for command in "validate --format github" "$record" "audit verify"; do
  # Words of our own, without spaces of theirs.
  # shellcheck disable=SC2086
  authorised flagctl $command || { code=$?; if [ "$code" -gt "$worst" ]; then worst=$code; fi; }
done
if [ "$worst" -gt 2 ]; then worst=2; fi
exit "$worst"
