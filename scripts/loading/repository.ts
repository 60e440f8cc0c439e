/** A git repository of as many realistic flags as are asked for. */
import { TestRepository } from '../../provider/repository/testing/repository.js';

const TEAMS = 20;
const DOMAINS = 100;

const policy = `bucketing: flagd-v2
environments: [production, staging]
teams:
${Array.from({ length: TEAMS }, (_, index) => `  team-${index}: { codeOwner: "@acme/team-${index}" }`).join('\n')}
`;

const employees = `owner: team-0
description: People who work here.
when: { email: { endsWith: "@example.com" } }
`;

/** The path of one flag of the repository. */
export function pathOfFlag(index: number): string {
  return `flags/team-${index % TEAMS}/domain-${index % DOMAINS}/flag-${index}.yaml`;
}

/** The text of one flag, as `flagctl fmt` writes it; `percent` makes versions of it. */
export function textOfFlag(index: number, percent: number): string {
  const team = `team-${index % TEAMS}`;
  return `key: ${team}.domain-${index % DOMAINS}.flag-${index}
type: release
owner: ${team}
riskTier: medium
expiresAt: 2027-03-01
description: Routes step ${index} through the rebuilt pipeline.
runbook: https://runbooks.example.com/step-${index}
default: false

environments:
  production:
    enabled: true

    rules:
      - { name: employees, when: { segment: employees }, serve: true }
      - { name: dach-pilot, when: { country: [DE, AT, CH], appVersion: { semver: ">=4.2.0" } }, rollout: 10 }

    rollout: ${percent}
  staging:
    enabled: true

    rollout: 100
`;
}

/** Makes the repository, with a remote. */
export async function createRepository(flags: number): Promise<TestRepository> {
  const repository = await TestRepository.create();
  const files = Array.from({ length: flags }, (_, index): [string, string] => [
    pathOfFlag(index),
    textOfFlag(index, index % 50),
  ]);
  await repository.commit({
    'flags/policy.yaml': policy,
    'flags/segments/employees.yaml': employees,
    ...Object.fromEntries(files),
  });
  return repository;
}
