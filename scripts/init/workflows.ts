/** The workflows that control flag changes on GitHub: this repository's own and those of a new flag repository. */
import type { NewFile } from './new-file.js';

/** Where workflows find the composite actions. */
export interface WorkflowSource {
  /** `owner/name@commit`; left out: the repository of the workflow itself. */
  readonly actions?: string;
  /** The branch that is served. */
  readonly branch: string;
  /** A command line that prints contexts; left out: the three ways to name some are there as comments. */
  readonly contextsCommand?: string;
}

/** Of v4.2.2; the same as in the workflow `ci`, which a test compares. */
export const CHECKOUT = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2';

/** What this repository's own workflows count users in: a population that is made up, for nobody evaluates its flags. */
export const OWN_CONTEXTS = 'flagctl contexts synth .github/population.yaml';

/** All four. */
export function workflowFiles(source: WorkflowSource): readonly NewFile[] {
  return [
    { path: '.github/workflows/flags.yml', text: flags(source) },
    { path: '.github/workflows/reviews.yml', text: REVIEWS },
    { path: '.github/workflows/two-person.yml', text: twoPerson(source) },
    { path: '.github/workflows/audit.yml', text: audit(source) },
  ];
}

function flags(source: WorkflowSource): string {
  return `# Judges every pull request and every group of the merge queue, and says so in one comment and the status \`guidon\`.
# \`pull_request_target\` takes this file from the main branch, never from the pull request, whose files are only data here.
# No filter and no condition: a job that is skipped would count as passed. The App's key is in the environment \`guidon\`, which
# the main branch alone may use: a secret of the repository could be read by a workflow of any branch.
name: flags
on:
  pull_request_target:
    types: [opened, reopened, synchronize, edited, ready_for_review]
  merge_group:

permissions:
  contents: read
  pull-requests: write
  statuses: write

# One group with \`two-person\`: an older verdict must not be written over a newer one.
concurrency:
  group: guidon-\${{ github.event.pull_request.head.sha || github.event.merge_group.head_sha }}
  cancel-in-progress: false

jobs:
  flags:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: guidon
    steps:
${steps(source, 'check')}`;
}

const REVIEWS = `# Rings when a review is submitted or dismissed, so that \`two-person\` judges again. GitHub takes this file from the pull
# request itself: it may do nothing and nothing that it says is believed.
name: reviews
on:
  pull_request_review:
    types: [submitted, dismissed]

permissions: {}

concurrency:
  group: reviews-\${{ github.event.pull_request.number }}
  cancel-in-progress: false

jobs:
  bell:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: 'true'
`;

function twoPerson(source: WorkflowSource): string {
  return `# Judges a pull request again after each review, with this file, the tools and the policy of the main branch. Which pull
# request it is follows from the commit; nothing else is taken from the run that rang.
name: two-person
on:
  workflow_run:
    workflows: [reviews]
    types: [completed]

permissions:
  contents: read
  pull-requests: write
  statuses: write

concurrency:
  group: guidon-\${{ github.event.workflow_run.head_sha }}
  cancel-in-progress: false

jobs:
  two-person:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: guidon
    steps:
${steps(source, 'check')}`;
}

function audit(source: WorkflowSource): string {
  return `# Records what reached the main branch, however it did: also past the pull requests. And verifies what is recorded.
name: audit
on:
  push:
    branches: [${source.branch}]

# Records are git notes: to push them takes writing.
permissions:
  contents: write
  pull-requests: read

concurrency:
  group: audit
  cancel-in-progress: false

jobs:
  audit:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    environment: guidon
    steps:
${steps(source, 'audit')}`;
}

/** Where contexts come from. A file's change needs the highest tier below .github; a run's artifact needs a right. */
function contexts({ contextsCommand, actions }: WorkflowSource): string {
  if (contextsCommand !== undefined) return `          contexts-command: ${contextsCommand}\n`;
  const page = `${actions === undefined ? '' : `https://github.com/${actions.replace('@', '/blob/')}/`}.github/CONTROL.md`;
  return `          # Who would get another value is counted in contexts, from one of these or several. How to sample some:
          # ${page}#who-is-moved
          # contexts: .github/contexts.jsonl.gz
          # contexts-command: flagctl contexts synth .github/population.yaml
          # contexts-artifact: contexts # and to the permissions: actions: read
`;
}

/** Of this repository, its main branch is checked out first: the merge queue's own commit would bring other tools. */
function steps(source: WorkflowSource, name: 'check' | 'audit'): string {
  const { actions } = source;
  const [repository, commit] = actions?.split('@') ?? [];
  const uses =
    repository === undefined ? `./.github/actions/${name}` : `${repository}/.github/actions/${name}@${commit}`;
  const checkout = `      - uses: ${CHECKOUT}
        with:
          ref: \${{ github.event.repository.default_branch }}
          persist-credentials: false
`;
  return `${actions === undefined ? checkout : ''}      - uses: ${uses}
        with:
          app-id: \${{ secrets.GUIDON_APP_ID }}
          private-key: \${{ secrets.GUIDON_PRIVATE_KEY }}
${name === 'audit' ? `          webhook: \${{ secrets.GUIDON_WEBHOOK_URL }}\n` : ''}${contexts(source)}`;
}
