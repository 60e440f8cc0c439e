# Builds flagctl from the sources that came with the action, at the action's own commit.
set -euo pipefail
cd "$GITHUB_ACTION_PATH/../../.."
npm ci --ignore-scripts --no-audit --no-fund
npm run build
