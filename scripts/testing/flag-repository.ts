/** A small flag repository with one of each, in real git. */
import { TestRepository, type FileChanges } from '../../provider/repository/testing/repository.js';

const policy = `bucketing: flagd-v2
environments: [production, staging]
teams:
  payments-team: { codeOwner: "@acme/payments" }
  platform-team: { codeOwner: "@acme/platform" }
`;

const newFlow = `key: payments.checkout.new-flow
type: release
owner: payments-team
riskTier: medium
expiresAt: 2027-03-01
description: Routes checkout through the rebuilt pipeline.
default: false

environments:
  production:
    enabled: true

    rules:
      - { name: employees, when: { segment: employees }, serve: true }
      - { name: dach-pilot, when: { country: [DE, AT, CH], appVersion: { semver: ">=4.2.0" } }, rollout: 10 }

    rollout: 5
  staging:
    enabled: true

    rollout: 100
`;

const newFlowCases = `- name: an employee gets the new flow
  environment: production
  context: { targetingKey: u-1, email: ann@example.com }
  expect: { variant: "true", reason: TARGETING_MATCH, rule: employees }
`;

const rateLimit = `key: platform.api.rate-limit
type: ops
owner: platform-team
riskTier: high
expiresAt: never
description: Requests a minute and client.
variants: { normal: 600, strict: 60 }
default: normal

environments:
  production:
    enabled: false
`;

const banner = `key: platform.web.banner
type: experiment
owner: platform-team
riskTier: low
expiresAt: 2027-01-31
description: Which banner the start page shows.
variants: { none: "", calm: Welcome back, loud: "Sale!" }
default: none
prerequisites: { payments.checkout.new-flow: true }

environments:
  staging:
    enabled: true

    rollout: { calm: 25, loud: 25 }
`;

const staged = `key: platform.web.search
type: release
owner: platform-team
riskTier: low
expiresAt: 2027-06-30
description: Search by meaning.
default: false

environments:
  production:
    enabled: true

    rollout:
      stage: canary
      stages:
        - { name: internal, segment: employees }
        - { name: canary, percent: 5 }
        - { name: all, percent: 100 }
`;

const employees = `owner: platform-team
description: People on our payroll.
when: { email: { endsWith: "@example.com" } }
`;

/** Path to text. */
export const flagFiles: Readonly<Record<string, string>> = {
  CODEOWNERS: '* @acme/platform\n/flags/payments/ @acme/payments\n',
  'flags/policy.yaml': policy,
  'flags/retired.yaml':
    '- { key: payments.checkout.old-flow, retiredAt: 2026-10-02, reason: Rebuilt pipeline is at 100 %. }\n',
  'flags/segments/employees.yaml': employees,
  'flags/payments/checkout/new-flow.yaml': newFlow,
  'flags/payments/checkout/new-flow.cases.yaml': newFlowCases,
  'flags/platform/api/rate-limit.yaml': rateLimit,
  'flags/platform/web/banner.yaml': banner,
  'flags/platform/web/search.yaml': staged,
};

/** Makes the repository with its first commit; `changes` are part of it. */
export async function createFlagRepository(changes: FileChanges = {}): Promise<TestRepository> {
  const repository = await TestRepository.create();
  await repository.commit({ ...flagFiles, ...changes });
  return repository;
}
