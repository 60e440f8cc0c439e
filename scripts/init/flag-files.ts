/** The flags folder of a new flag repository. */
import type { Choices } from './choices.js';
import type { NewFile } from './new-file.js';

const DAY_MS = 86_400_000;
/** Half of what the policy admits: time to learn the tool, and a real expiry to see coming. */
const EXAMPLE_LIFE_MS = 90 * DAY_MS;

/** The policy and the ledger: what every flag repository has. */
export function ruleFiles(choices: Choices): readonly NewFile[] {
  return [
    { path: 'flags/policy.yaml', kind: 'policy', text: policy(choices) },
    { path: 'flags/retired.yaml', kind: 'retired', text: RETIRED },
  ];
}

/** A flag to copy from, with its cases. */
export function exampleFiles(choices: Choices, now: Date): readonly NewFile[] {
  return [
    { path: 'flags/example/welcome/banner.yaml', kind: 'flag', text: exampleFlag(choices, now) },
    { path: 'flags/example/welcome/banner.cases.yaml', kind: 'cases', text: exampleCases(choices) },
  ];
}

const RETIRED = `# Keys that may never be used again: deleting a flag adds its key here, in the same change. Entries are never
# changed or removed. One looks like this:
#   - { key: payments.checkout.old-flow, retiredAt: 2026-10-02, reason: The rebuilt pipeline is at 100 %. }
[]
`;

function policy({ team, codeOwner, environments }: Choices): string {
  return `# What holds for every flag. Whoever changes this file needs what the tier \`high\` asks for, as it stood before.
bucketing: flagd-v2

# In the order in which reports show them.
environments: [${environments.join(', ')}]

# Who may own flags, with their handles in CODEOWNERS. A team that is gone stays here, with \`active: false\`.
teams:
  ${team}: { codeOwner: "${codeOwner}" }

# What a change needs, by the flag's \`riskTier\`. Approvals are those of people who had no part in the change; a reason
# stands in the pull request; \`staged\` flags widen by the stages of a plan, one at a time.
tiers:
  low: { approvals: 1 }
  medium: { approvals: 1, reason: required }
  high: { approvals: 2, reason: required, staged: true, runbook: required }

# Around a flag's \`expiresAt\`: a ticket before it, warnings from it on, failures after it; and how far ahead it may lie.
expiry: { ticket: 14d, warn: 0d, fail: 14d, max: 180d }

# The widening of one flag, summed over a week, that makes the next change of it high.
widening: { window: 7d, high: 20% }

# From how many users of an environment on a change is medium or high, whatever its flags are. A preview counts them, out of
# contexts that the workflow replays (\`flagctl preview\`), so name some there first: without a preview, whatever may serve
# somebody something else counts as the highest of them. \`environments: { <name>: {} }\` takes an environment out.
# blastRadius: { medium: 1%, high: 10% }

# A proved reduction, such as a kill, needs fewer approvals; \`direct\` would let it go to the main branch unreviewed, and
# owe the review.
reducing: { fewerApprovals: 1, direct: false, reviewWithin: 24h }

# Times in which rollouts may not widen; reducing one is always possible. One looks like this:
#   - { from: 2026-12-20T00:00:00Z, until: 2027-01-02T00:00:00Z, reason: Holiday staffing. }
freezes: []

# Bots beside those that the host calls so, bots that may approve, and addresses of commits that belong to no person.
approvers: { bots: [], allowedBots: [], ignoreEmails: [] }
`;
}

function exampleFlag({ team, environments }: Choices, now: Date): string {
  const expiresAt = new Date(now.getTime() + EXAMPLE_LIFE_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const [first = '', ...others] = environments;
  const states = [
    `  ${first}:\n    enabled: false\n`,
    ...others.map((name) => `  ${name}:\n    enabled: true\n\n    rollout: 100\n`),
  ];
  return `key: example.welcome.banner
type: release
owner: ${team}
riskTier: low
expiresAt: ${expiresAt}
description: An example to copy from; no code asks for it. Delete it, and enter its key in retired.yaml.
default: false

environments:
${states.join('')}`;
}

function exampleCases({ environments }: Choices): string {
  const [first = '', ...others] = environments;
  const off = `- name: nobody gets it in ${first} yet
  environment: ${first}
  context: { targetingKey: u-1 }
  expect: { variant: "false", reason: DISABLED }
`;
  const on = others.map(
    (name) => `
- name: everybody gets it in ${name}
  environment: ${name}
  context: { targetingKey: u-1 }
  expect: { variant: "true", reason: STATIC }
`,
  );
  return [off, ...on].join('');
}
