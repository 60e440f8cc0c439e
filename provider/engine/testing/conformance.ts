/** Reads the tables of `conformance/`: what a context of a real application may hold needs more than YAML's own types. */
import { readFileSync, readdirSync } from 'node:fs';
import { inspect } from 'node:util';
import { parse, type CollectionTag, type ScalarTag } from 'yaml';
import type { ConditionDocument } from '../documents.js';
import type { ErrorCode, EvaluationContext, FlagMetadata, Reason, ValueKind } from '../types.js';
import type { FlagSketch, RepositorySketch } from './documents.js';

/** One row: who asks for what, and what must be said. */
export interface Row {
  readonly flag: string;
  readonly environment?: string;
  /** Asked for as this kind. */
  readonly as?: ValueKind;
  readonly context?: EvaluationContext;
  readonly expect: {
    /** Null: no variant. */
    readonly variant?: string | null;
    /** Left out: the boolean that the variant is named for; null where there is none. */
    readonly value?: unknown;
    readonly reason?: Reason;
    readonly rule?: string;
    readonly stage?: string;
    readonly error?: ErrorCode;
    /** Where it is there, all of it. */
    readonly metadata?: FlagMetadata;
  };
}

/** A condition, and contexts for which it holds and fails: rows of a flag with that one rule. */
interface ConditionRows {
  readonly when: ConditionDocument;
  readonly holds?: readonly EvaluationContext[];
  readonly fails?: readonly EvaluationContext[];
}

interface TableFile {
  readonly environments?: readonly string[];
  readonly segments?: Readonly<Record<string, ConditionDocument>>;
  readonly flags?: Readonly<Record<string, FlagSketch>>;
  readonly rows?: readonly Row[];
  readonly conditions?: readonly ConditionRows[];
}

/** A file of rows and the repository that they are about. */
export interface Table {
  readonly topic: string;
  readonly repository: RepositorySketch;
  readonly rows: readonly Row[];
}

const FOLDER = new URL('../conformance/', import.meta.url);

const scalarTag = (tag: string, resolve: (text: string) => unknown): ScalarTag => ({ tag, resolve });

const SET: CollectionTag = {
  tag: '!set',
  collection: 'seq',
  resolve: (items) => new Set(items.toJSON() as unknown[]),
};

const TAGS = [
  scalarTag('!undefined', () => undefined),
  scalarTag('!function', () => () => 'x'),
  scalarTag('!symbol', Symbol),
  scalarTag('!bigint', BigInt),
  scalarTag('!date', (text) => new Date(text)),
  SET,
];

/** All tables, by file name. */
export function readTables(): readonly Table[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    return tableOf(name.replace('.yaml', ''), parse(text, { customTags: TAGS, maxAliasCount: -1 }) as TableFile);
  });
}

function tableOf(
  topic: string,
  { environments, segments = {}, flags = {}, rows = [], conditions = [] }: TableFile,
): Table {
  const conditionFlags = Object.fromEntries(conditions.map(({ when }, index) => [conditionKey(index), flagOf(when)]));
  const repository = { segments, flags: { ...flags, ...conditionFlags } };
  return {
    topic,
    repository: environments === undefined ? repository : { ...repository, environments },
    rows: [...rows, ...conditions.flatMap(conditionRows)],
  };
}

const conditionKey = (index: number): string => `conditions.number.c${index}`;

const flagOf = (when: ConditionDocument): FlagSketch => ({
  environments: { production: { enabled: true, rules: [{ name: 'r', when, serve: true }] } },
});

function conditionRows({ holds = [], fails = [] }: ConditionRows, index: number): readonly Row[] {
  const flag = conditionKey(index);
  return [
    ...holds.map((context) => ({
      flag,
      context,
      expect: { variant: 'true', reason: 'TARGETING_MATCH', rule: 'r' } as const,
    })),
    ...fails.map((context) => ({ flag, context, expect: { variant: 'false', reason: 'DEFAULT' } as const })),
  ];
}

const ONE_LINE = { depth: 8, breakLength: Infinity, compact: 16 };

/** A row in words, for the name of its test. */
export function titleOf({ flag, environment, as, context }: Row, { repository }: Table): string {
  const when = flag.startsWith('conditions.number.')
    ? repository.flags[flag]?.environments?.['production']?.rules?.[0]?.when
    : undefined;
  const what = when === undefined ? flag : inspect(when, ONE_LINE);
  const where = `${environment === undefined ? '' : ` in ${environment}`}${as === undefined ? '' : ` as ${as}`}`;
  return `${what}${where} for ${inspect(context, ONE_LINE)}`;
}
