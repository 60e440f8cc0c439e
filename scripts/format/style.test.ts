import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { styles, type DocumentKind } from './style.js';

interface Schema {
  readonly properties?: object;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** A schema's own order is that of its page; where they part, the page of the format is followed. */
const orders: readonly (readonly [
  kind: DocumentKind,
  definition: string | undefined,
  order: readonly string[] | undefined,
])[] = [
  ['flag', undefined, styles.flag.order],
  ['flag', 'environment', styles.flag.keys?.['environments']?.each?.order],
  ['flag', 'rule', styles.flag.keys?.['environments']?.each?.keys?.['rules']?.each?.order],
  ['segment', undefined, styles.segment.order],
  ['guardrail', undefined, styles.guardrail.order],
  ['policy', undefined, styles.policy.order],
  ['policy', 'team', styles.policy.keys?.['teams']?.each?.order],
  ['policy', 'tier', styles.policy.keys?.['tiers']?.each?.order],
  ['policy', 'expiry', styles.policy.keys?.['expiry']?.order],
  ['policy', 'widening', styles.policy.keys?.['widening']?.order],
  ['policy', 'blastRadius', styles.policy.keys?.['blastRadius']?.order],
  ['policy', 'usersThresholds', styles.policy.keys?.['blastRadius']?.keys?.['environments']?.each?.order],
  ['policy', 'freeze', styles.policy.keys?.['freezes']?.each?.order],
  ['policy', 'floor', styles.policy.keys?.['floors']?.each?.order],
  ['policy', 'reducing', styles.policy.keys?.['reducing']?.order],
  ['policy', 'approvers', styles.policy.keys?.['approvers']?.order],
  ['retired', 'entry', styles.retired.each?.order],
  ['cases', 'case', styles.cases.each?.order],
  ['cases', 'expectation', styles.cases.each?.keys?.['expect']?.order],
];

test.each(orders)('the order of %s %s has every property of its schema', async (kind, definition, order) => {
  const file = new URL(`../../schema/${kind}.schema.json`, import.meta.url);
  const schema = JSON.parse(await readFile(file, 'utf8')) as Schema;
  const { properties = {} } = definition === undefined ? schema : (schema.definitions?.[definition] ?? {});
  expect(Object.keys(properties)).toEqual(order);
});

test('so has the order of a staged plan', async () => {
  const schema = JSON.parse(
    await readFile(new URL('../../schema/rollout.schema.json', import.meta.url), 'utf8'),
  ) as Schema;
  const { keys, order } = styles.flag.keys?.['environments']?.each?.keys?.['rollout'] ?? {};
  expect(Object.keys(schema.definitions?.['plan']?.properties ?? {})).toEqual(order);
  expect(Object.keys(schema.definitions?.['stage']?.properties ?? {})).toEqual(keys?.['stages']?.each?.order);
});
