/** What a preview says, against what an application would see: every context asked of the OpenFeature client, on both sides. */
import { ErrorCode, OpenFeature } from '@openfeature/server-sdk';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { canonical, defaultVariantOf, kindOf, variantsOf } from '../../../provider/engine/index.js';
import { context } from '../../../provider/engine/testing/arbitraries.js';
import { contextOfChange } from '../../../provider/engine/testing/changes.js';
import type { LoadedRepository } from '../../../provider/repository/index.js';
import { sidesOf } from '../../change/testing/sides.js';
import { previewMarkdown } from '../rendering/markdown.js';
import { observedRules } from '../result/observed-rules.js';
import { jobOf, planReplay } from './plan-replay.js';
import { prepare } from './prepared.js';
import { previewSides } from '../preview-change.js';
import type { Preview, Share, Transition } from '../preview.js';
import { parsePreview } from '../read-preview.js';
import { replayFiles } from './replay-files.js';
import { ServedSide } from '../testing/brute-force.js';
import { ENVIRONMENTS, fileChanges, probeOf } from '../testing/random-changes.js';
import { linesFile } from '../testing/rows.js';

const RUNS = 60;

const HASH = 'a'.repeat(40);

/** Weights whose sums are exact, in whatever order. */
const weight = fc.constantFrom(undefined, 1, 2.5, 10);
const row = fc
  .tuple(fc.oneof(context, contextOfChange), weight)
  .map(([attributes, weight]) => ({ ...attributes, ...(weight !== undefined && { $weight: weight }) }))
  // A key that is neither text nor a whole number is a row that is refused.
  .filter((row) => !('targetingKey' in row && typeof row.targetingKey === 'number' && row.targetingKey % 1 !== 0));

interface Row {
  readonly context: Readonly<Record<string, unknown>>;
  readonly weight: number;
}

/** As JSON gives them back; of each key the first row with its smallest weight. */
function countedRows(rows: readonly Readonly<Record<string, unknown>>[]): readonly Row[] {
  const read = rows.map((row): Row => {
    const { $weight = 1, ...context } = JSON.parse(JSON.stringify(row)) as Record<string, unknown>;
    return { context, weight: $weight as number };
  });
  const smallest = new Map<string, Row>();
  for (const row of read) {
    const key = keyOf(row);
    const known = key === undefined ? undefined : smallest.get(key);
    if (key !== undefined && (known === undefined || row.weight < known.weight)) smallest.set(key, row);
  }
  return read.filter((row) => {
    const key = keyOf(row);
    return key === undefined || smallest.get(key) === row;
  });
}

function keyOf({ context: { targetingKey: key } }: Row): string | undefined {
  return (typeof key === 'string' && key !== '') || Number.isSafeInteger(key) ? String(key) : undefined;
}

/** Whoever judges the change reads the preview as JSON, and reads all of it; and a comment has room for it. */
function expectReadBack(preview: Preview): void {
  const text = JSON.stringify({ ...preview, base: HASH, head: HASH, merged: HASH });
  expect(parsePreview(text)).toEqual(JSON.parse(text));
  expect(previewMarkdown(preview).length).toBeLessThan(20_000);
}

interface Got {
  readonly label: string;
  /** Undefined where there is no such flag. */
  readonly value: string | undefined;
  readonly decider: string | undefined;
}

class Application {
  constructor(
    readonly loaded: LoadedRepository,
    readonly served: ServedSide,
  ) {}

  async get(environment: string, key: string, { context }: Row): Promise<Got> {
    const flag = this.loaded.ruleset.documents.flags.get(key)?.read();
    const kind = flag === undefined ? 'boolean' : kindOf(flag);
    const { value, variant, errorCode, flagMetadata } = await this.served.details(environment, key, kind, context);
    if (errorCode !== undefined) {
      if (errorCode !== ErrorCode.FLAG_NOT_FOUND || flag !== undefined) throw new Error(`${key}: ${errorCode}`);
      return { label: 'no-flag', value: undefined, decider: undefined };
    }
    const decider = flagMetadata['rule'] ?? flagMetadata['stage'];
    const isCallers = variant === undefined;
    return {
      label: isCallers ? 'callers-default' : `variant ${variant}`,
      value: isCallers ? 'callers' : canonical(value),
      decider: decider === undefined ? undefined : String(decider),
    };
  }

  /** What a flag that is not there counts as. */
  fallback(key: string): string {
    const flag = this.loaded.ruleset.documents.flags.get(key)?.read();
    if (flag === undefined) throw new Error(`${key} is nowhere`);
    const name = defaultVariantOf(flag);
    return name === null ? 'callers' : canonical(variantsOf(flag).get(name));
  }
}

interface Count {
  contexts: number;
  weight: number;
}

class Counts extends Map<string, Count> {
  add(name: string, { weight }: Row): void {
    const count = this.get(name) ?? { contexts: 0, weight: 0 };
    this.set(name, { contexts: count.contexts + 1, weight: count.weight + weight });
  }
}

/** All that can be seen by asking: transitions, who changes at all, and who decided. */
async function observe(before: Application, after: Application, rows: readonly Row[]) {
  const keys = [before, after].flatMap(({ loaded }) => [...loaded.ruleset.documents.flags.keys()]);
  const seen = { transitions: new Counts(), changed: new Counts(), hits: new Counts(), members: new Counts() };
  for (const environment of ENVIRONMENTS) {
    for (const row of rows) {
      let isChanged = false;
      const segments: string[] = [];
      for (const key of new Set(keys)) {
        const [from, to] = [await before.get(environment, key, row), await after.get(environment, key, row)];
        const isChange = (from.value ?? after.fallback(key)) !== (to.value ?? before.fallback(key));
        isChanged ||= isChange;
        seen.transitions.add(`${environment} ${key}: ${from.label} to ${to.label}, ${isChange}`, row);
        if (to.decider !== undefined) seen.hits.add(`${environment} ${key}: ${to.decider}`, row);
        if (key.startsWith(probeOf('')) && to.value === 'true') segments.push(key);
      }
      const groups = ['everybody', ...segments, `a = ${JSON.stringify(row.context['a'])}`];
      for (const group of groups) {
        seen.members.add(`${environment}: ${group}`, row);
        if (isChanged) seen.changed.add(`${environment}: ${group}`, row);
      }
    }
  }
  return seen;
}

type Seen = Awaited<ReturnType<typeof observe>>;

const labelOf = ({ variant, none }: Transition['from']): string => none ?? `variant ${variant}`;

function expectSame(preview: Preview, seen: Seen, whole: Count): void {
  const expectShare = (share: Share | undefined, count: Count | undefined, of: Count, what: string): void => {
    expect(share?.contexts, what).toBe(count?.contexts ?? 0);
    expect(share?.share, what).toBeCloseTo((count?.weight ?? 0) / of.weight, 12);
  };
  const told = new Set<string>();
  for (const { key, environments } of preview.flags) {
    for (const { environment, isProved, transitions, changed } of environments) {
      if (isProved) continue;
      let contexts = 0;
      for (const { from, to, isChange, users } of transitions) {
        const name = `${environment} ${key}: ${labelOf(from)} to ${labelOf(to)}, ${isChange}`;
        told.add(name);
        expectShare(users, seen.transitions.get(name), whole, name);
        contexts += users.contexts;
      }
      expect(contexts).toBe(whole.contexts);
      const changes = transitions.filter(({ isChange }) => isChange).map(({ users }) => users.contexts);
      expect(changed?.contexts).toBe(changes.reduce((sum, count) => sum + count, 0));
    }
  }
  // What is not told changes nothing.
  for (const name of seen.transitions.keys()) if (!told.has(name)) expect(name).toMatch(/, false$/);
  for (const environment of ENVIRONMENTS) {
    const impact = preview.environments.find((one) => one.environment === environment);
    const count = (group: string): Count | undefined => seen.changed.get(`${environment}: ${group}`);
    if (impact === undefined) {
      expect(count('everybody')).toBeUndefined();
      continue;
    }
    expectShare(impact.changed, count('everybody'), whole, environment);
    for (const { by, name, value, members, changed } of impact.groups) {
      const group = by === 'segment' ? probeOf(name) : `a = ${value}`;
      const all = seen.members.get(`${environment}: ${group}`) ?? { contexts: 0, weight: 0 };
      expectShare(members, all, whole, group);
      expectShare(changed, count(group), all, group);
    }
    const groups = [...seen.members.keys()].filter((name) => name.startsWith(`${environment}: `)).length - 1;
    expect(impact.groups).toHaveLength(groups);
  }
}

afterAll(() => OpenFeature.close());

it('counts what the OpenFeature client serves before and after, for any change and contexts', async () => {
  const total = { changed: 0, proved: 0, statuses: new Set<string>(), hits: 0, unloadable: 0 };
  await fc.assert(
    fc.asyncProperty(
      fileChanges,
      fc.array(row, { minLength: 1, maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 60 }),
      async ({ before, after }, rows, batchRows) => {
        const sides = await sidesOf(before, after);
        if (sides.base.loaded === undefined || sides.result.loaded === undefined) {
          total.unloadable++;
          return;
        }
        const loaded = { base: sides.base.loaded, result: sides.result.loaded };
        const files = [linesFile(rows, batchRows)];
        const answer = await previewSides(sides, {
          base: 'base',
          head: 'head',
          files,
          reading: {},
          by: ['a'],
          maxRefused: 0,
          threads: 1,
          progress: () => undefined,
        });
        if (!answer.ok) throw new Error('there is no preview');
        const served = await Promise.all([before, after].map((side) => ServedSide.ofFiles(side, ENVIRONMENTS)));
        try {
          const counted = countedRows(rows);
          const [old, now] = served as [ServedSide, ServedSide];
          const seen = await observe(new Application(loaded.base, old), new Application(loaded.result, now), counted);
          const weight = counted.reduce((sum, row) => sum + row.weight, 0);
          expectSame(answer.preview, seen, { contexts: counted.length, weight });
          expect(answer.preview.population).toMatchObject({ repeated: rows.length - counted.length });
          expectReadBack(answer.preview);
          const planned = planReplay(sides, loaded);
          const job = jobOf(planned, loaded, { by: [], reading: {} });
          const { tally } = await replayFiles({ job, files, threads: 1, progress: () => undefined });
          for (const { environment, key, name, hits } of observedRules(prepare(job).rules, tally!)) {
            expect(hits).toBe(seen.hits.get(`${environment} ${key}: ${name}`)?.contexts ?? 0);
            total.hits += hits;
          }
          for (const { status, environments } of answer.preview.flags) {
            total.statuses.add(status);
            for (const { changed, isProved } of environments) {
              if (isProved) total.proved++;
              total.changed += changed?.contexts ?? 0;
            }
          }
        } finally {
          await Promise.all(served.map((side) => side.close()));
        }
      },
    ),
    { numRuns: RUNS },
  );
  expect([...total.statuses].sort()).toEqual(['added', 'changed', 'reached', 'removed']);
  expect(total.changed).toBeGreaterThan(RUNS * 10);
  expect(total.proved).toBeGreaterThan(RUNS / 2);
  expect(total.hits).toBeGreaterThan(RUNS);
  expect(total.unloadable).toBeLessThan(RUNS / 2);
}, 300_000);
