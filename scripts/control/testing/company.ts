/** The company of the attack suite: who works there, what each may do, and the flag repository that they share. */
import type { Account, Owner } from '../../approval/pull-request.js';

/** Login to what the host knows of the account. */
export const accounts: readonly Account[] = [
  // @acme/payments
  { login: 'mallory', isBot: false, permission: 'write' },
  { login: 'pat', isBot: false, permission: 'write' },
  { login: 'pia', isBot: false, permission: 'write' },
  // @acme/platform
  { login: 'olga', isBot: false, permission: 'write' },
  { login: 'omar', isBot: false, permission: 'maintain' },
  // @acme/growth
  { login: 'greta', isBot: false, permission: 'write' },
  // Of no team, one with and one without write access.
  { login: 'wanda', isBot: false, permission: 'write' },
  { login: 'rita', isBot: false, permission: 'read' },
  { login: 'renovate[bot]', isBot: true, permission: 'write' },
];

/** The teams of CODEOWNERS. */
export const owners: readonly Owner[] = [
  { handle: '@acme/payments', members: ['mallory', 'pat', 'pia'] },
  { handle: '@acme/platform', members: ['olga', 'omar'] },
  { handle: '@acme/growth', members: ['greta'] },
];

/** What a login's commits say. */
export const signatureOf = (login: string): string => `${login} <${login.replace('[bot]', '')}@acme.example>`;

const policy = `bucketing: flagd-v2
environments: [production, staging]
teams:
  payments-team: { codeOwner: "@acme/payments" }
  platform-team: { codeOwner: "@acme/platform" }
  growth-team: { codeOwner: "@acme/growth" }
tiers:
  low: { approvals: 0 }
  medium: { approvals: 1, reason: required }
  high: { approvals: 2, reason: required, staged: true, runbook: required }
expiry: { warn: 0d, fail: 14d, max: 180d }
widening: { window: 7d, high: 20% }
freezes:
  - { from: 2026-12-20T00:00:00Z, until: 2027-01-02T00:00:00Z, reason: Holiday staffing. }
approvers: { bots: [], ignoreEmails: [ci@acme.example] }
`;

/** A flag file; the tail is what comes behind its governance. */
export function flagText(
  key: string,
  {
    tier = 'medium',
    owner = 'payments-team',
    type = 'release',
    expiresAt = '2027-03-01',
    runbook = tier === 'high',
  }: {
    readonly tier?: string;
    readonly owner?: string;
    readonly type?: string;
    readonly expiresAt?: string;
    readonly runbook?: boolean;
  },
  tail: string,
): string {
  const link = runbook ? `runbook: https://runbooks.acme.example/${key}\n` : '';
  const head = `key: ${key}\ntype: ${type}\nowner: ${owner}\nriskTier: ${tier}\nexpiresAt: ${expiresAt}\n`;
  return `${head}description: What it does.\n${link}default: false\n${tail}`;
}

/** An environment's block with a rollout, and rules where given. */
export function production(rollout: string, { enabled = true, rules = '' } = {}): string {
  return `\nenvironments:\n  production:\n    enabled: ${enabled}\n${rules}\n    rollout: ${rollout}\n`;
}

const plan = (stage: string): string => `
environments:
  production:
    enabled: true

    rollout:
      stage: ${stage}
      stages:
        - { name: internal, segment: employees }
        - { name: canary, percent: 5 }
        - { name: quarter, percent: 25 }
        - { name: all, percent: 100 }
`;

/** The flag of the tier `high`, at a stage of its plan. */
export const highFlag = (stage: string, options: Parameters<typeof flagText>[1] = {}): string =>
  flagText('payments.settlement.new-ledger', { tier: 'high', ...options }, plan(stage));

/** The flag of the tier `medium`. */
export const mediumFlag = (rollout: string, options: Parameters<typeof flagText>[1] = {}): string =>
  flagText('payments.checkout.new-flow', { tier: 'medium', ...options }, production(rollout));

/** The flag of the tier `low`. */
export const lowFlag = (rollout: string, options: Parameters<typeof flagText>[1] = {}): string =>
  flagText('payments.checkout.confetti', { tier: 'low', ...options }, production(rollout));

/** Paths of the flags above. */
export const files = {
  high: 'flags/payments/settlement/new-ledger.yaml',
  medium: 'flags/payments/checkout/new-flow.yaml',
  low: 'flags/payments/checkout/confetti.yaml',
  growth: 'flags/growth/web/banner.yaml',
  employees: 'flags/segments/employees.yaml',
  policy: 'flags/policy.yaml',
  retired: 'flags/retired.yaml',
} as const;

/** The repository before anything happens. */
export const companyFiles: Readonly<Record<string, string>> = {
  CODEOWNERS: '* @acme/platform\n/flags/payments/ @acme/payments\n/flags/growth/ @acme/growth\n',
  [files.policy]: policy,
  [files.retired]:
    '- { key: payments.checkout.old-flow, retiredAt: 2026-10-02, reason: The rebuilt pipeline is at 100 %. }\n',
  [files.employees]:
    'owner: platform-team\ndescription: People on our payroll.\nwhen: { email: { endsWith: "@acme.example" } }\n',
  [files.high]: highFlag('internal'),
  [files.medium]: mediumFlag('5'),
  [files.low]: lowFlag('10'),
  [files.growth]: flagText(
    'growth.web.banner',
    { tier: 'medium', owner: 'growth-team' },
    `prerequisites: { payments.checkout.new-flow: true }\n${production('50')}`,
  ),
  'README.md': 'Flags of Acme.\n',
  '.github/workflows/flags.yml': 'on: pull_request_target\n',
};
