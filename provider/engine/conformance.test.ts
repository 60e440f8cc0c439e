import { describe, expect, it } from 'vitest';
import { operators } from './operators.js';
import { readTables, titleOf, type Row } from './testing/conformance.js';
import { rulesetOf } from './testing/documents.js';
import type { Evaluation, Reason } from './types.js';

const tables = readTables();

describe('the tables', () => {
  const rows = tables.flatMap((table) => table.rows);

  it('were found', () => {
    expect(tables.length).toBeGreaterThanOrEqual(17);
    expect(tables.filter((table) => table.rows.length < 7)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(600);
  });

  it('ask every operator for both answers', () => {
    const asked = tables.flatMap(({ rows: own, repository }) =>
      own.map(({ flag, expect: { variant } }) => ({ flag: definitionOf(repository.flags, flag), variant })),
    );
    for (const name of Object.keys(operators).filter((operator) => operator !== 'equals')) {
      const answers = asked.filter(({ flag }) => flag.includes(`"${name}":`)).map(({ variant }) => variant);
      expect(answers, name).toEqual(expect.arrayContaining(['true', 'false']));
    }
  });

  it('expect every reason', () => {
    const reasons: readonly Reason[] = [
      'STATIC',
      'DEFAULT',
      'TARGETING_MATCH',
      'SPLIT',
      'DISABLED',
      'PREREQUISITE_FAILED',
    ];
    expect(new Set(rows.flatMap(({ expect: { reason } }) => reason ?? []))).toEqual(new Set(reasons));
  });

  it('have no flag that no row asks for', () => {
    for (const { rows: own, repository, topic } of tables) {
      const needed = Object.values(repository.flags).flatMap(({ prerequisites = {} }) => Object.keys(prerequisites));
      const used = new Set([...needed, ...own.map(({ flag }) => flag)]);
      expect(
        Object.keys(repository.flags).filter((key) => !used.has(key)),
        topic,
      ).toEqual([]);
    }
  });
});

describe.each(tables)('$topic', (table) => {
  const ruleset = rulesetOf(table.repository);

  it.each(table.rows.map((row) => [titleOf(row, table), row] as const))('%s', (_title, row) => {
    const evaluation = ruleset.snapshot(row.environment ?? 'production').evaluate(row.flag, row.context, row.as);
    expect(summary(evaluation, row)).toEqual(wanted(row));
  });
});

const definitionOf = (flags: object, key: string): string =>
  JSON.stringify(Object.entries(flags).find(([name]) => name === key) ?? '');

function summary(evaluation: Evaluation, row: Row): unknown {
  const { variant, value, reason, errorCode, flagMetadata } = evaluation;
  const { rule, stage } = flagMetadata;
  const metadata = row.expect.metadata === undefined ? undefined : flagMetadata;
  return { variant: variant ?? null, value: value ?? null, reason, errorCode, rule, stage, metadata };
}

function wanted({ expect: { variant = null, reason, rule, stage, error, metadata, ...rest } }: Row): unknown {
  const named = variant === 'true' || variant === 'false' ? variant === 'true' : null;
  const value = 'value' in rest ? rest.value : named;
  return { variant, value, reason: error === undefined ? reason : 'ERROR', errorCode: error, rule, stage, metadata };
}
