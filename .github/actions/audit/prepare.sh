# Clones the branch that is served with the records of it, and says where: the steps behind it share the clone.
set -euo pipefail
# shellcheck source=../clone.sh
source "$GITHUB_ACTION_PATH/../clone.sh"

WORKSPACE=$(mktemp -d "$RUNNER_TEMP/guidon-XXXXXXXX")
clone_branch "$WORKSPACE/repository"

NOTES=refs/notes/guidon-evidence
# There are none before the first record.
authorised_git -C "$WORKSPACE/repository" fetch --quiet --no-tags origin "+$NOTES:$NOTES" || echo "There are no records yet."
echo "workspace=$WORKSPACE" >>"$GITHUB_OUTPUT"
