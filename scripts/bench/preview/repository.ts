/** A change of 20 flags among 2,000, and a population to preview it with. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createRepository } from '../../loading/repository.js';
import type { TestRepository } from '../../../provider/repository/testing/repository.js';

/** How many flags the change touches. */
export const CHANGED_FLAGS = 20;

/** A list as long as it may be without a warning. */
const LONG_LIST = Array.from({ length: 999 }, (_, index) => `company-${index * 7}`);

const COUNTRIES = ['DE', 'AT', 'CH', 'FR', 'NL', 'SE', 'NO', 'US', 'GB', 'PL'];
const PLANS = ['free', 'free', 'free', 'pro', 'pro', 'business'];

/** What the flags do, in turn; `percent` is what the change moves. */
const BODIES: readonly ((percent: number) => string)[] = [
  (percent) => `    rollout: ${percent}`,
  (percent) => `    rules:
      - { name: employees, when: { segment: employees }, serve: true }
      - { name: dach-pilot, when: { country: [DE, AT, CH], appVersion: { semver: ">=4.2.0" } }, rollout: ${percent} }

    rollout: ${percent / 5}`,
  (percent) => `    rules:
      - { name: business, when: { plan: business, seats: { gte: ${percent} } }, serve: true }
      - { name: northern, when: { country: [SE, "NO"], email: { endsWith: ".example" } }, serve: false }
      - { name: newcomers, when: { signedUpAt: { after: "2026-0${1 + (percent % 9)}-01" } }, rollout: 50 }

    rollout: 1`,
  (percent) => `    rules:
      - { name: companies, when: { company: [${LONG_LIST.join(', ')}] }, rollout: ${percent} }`,
];

/** The text of a flag of the change. */
function textOf(index: number, percent: number): string {
  const body = BODIES[index % BODIES.length]?.(percent) ?? '';
  return `key: team-0.bench.flag-${index}
type: release
owner: team-0
riskTier: low
expiresAt: 2027-03-01
description: Routes step ${index} through the rebuilt pipeline.
default: false

environments:
  production:
    enabled: true

${body}
  staging:
    enabled: true

${body}
`;
}

function changedFiles(percent: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: CHANGED_FLAGS }, (_, index) => [
      `flags/team-0/bench/flag-${index}.yaml`,
      textOf(index, percent),
    ]),
  );
}

/** Of as many teams as `createRepository` has. */
const codeowners = [
  '* @acme/team-0',
  ...Array.from({ length: 20 }, (_, team) => `/flags/team-${team}/ @acme/team-${team}`),
]
  .join('\n')
  .concat('\n');

/** Makes a repository of so many flags; `HEAD~1` to `HEAD` changes {@link CHANGED_FLAGS} of them. */
export async function createChange(flags: number): Promise<TestRepository> {
  const repository = await createRepository(flags - CHANGED_FLAGS);
  await repository.commit({ CODEOWNERS: codeowners, ...changedFiles(5) });
  await repository.commit(changedFiles(25));
  return repository;
}

/** Writes so many contexts of about 200 bytes as JSON Lines. The same each time. */
export async function writeContexts(file: string, count: number): Promise<void> {
  const stream = createWriteStream(file);
  let lines = '';
  for (let index = 0; index < count; index++) {
    lines += `${JSON.stringify(contextOf(index))}\n`;
    if (lines.length < 1 << 20) continue;
    if (!stream.write(lines)) await once(stream, 'drain');
    lines = '';
  }
  stream.end(lines);
  await once(stream, 'close');
}

function contextOf(index: number): object {
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  const of = (texts: readonly string[], salt: number): string => texts[(mixed >>> salt) % texts.length] ?? '';
  return {
    targetingKey: `user-${index}`,
    country: of(COUNTRIES, 3),
    plan: of(PLANS, 7),
    appVersion: `${3 + (mixed % 3)}.${(mixed >>> 5) % 12}.0`,
    email: `person-${index}@${mixed % 500 === 0 ? 'example.com' : `mail-${mixed % 90}.example`}`,
    seats: (mixed >>> 9) % 60,
    company: `company-${(mixed >>> 4) % 9_000}`,
    signedUpAt: `2026-${String(1 + (mixed % 9)).padStart(2, '0')}-1${(mixed >>> 6) % 9}T08:00:00Z`,
  };
}
