/** Random changes as files: with two environments, flags that come and go, and a flag for each segment that tells who is in it. */
import fc from 'fast-check';
import { edited } from '../../../provider/engine/testing/arbitraries.js';
import { changes } from '../../../provider/engine/testing/changes.js';
import { flagDocument, type FlagSketch, type RepositorySketch } from '../../../provider/engine/testing/documents.js';
import type { Files } from '../../change/testing/sides.js';

/** Files of both sides. They may have problems: not every random flag is one that loads. */
export interface FileChange {
  readonly before: Files;
  readonly after: Files;
}

/** The environments of both sides. */
export const ENVIRONMENTS = ['production', 'staging'] as const;

/** The flag that is on for whoever is in a segment. */
export const probeOf = (segment: string): string => `probe.segment.${segment}`;

type Presence = 'both' | 'before' | 'after';

const presence = fc.array(
  fc.oneof({ weight: 8, arbitrary: fc.constant<Presence>('both') }, fc.constantFrom<Presence>('before', 'after')),
  { minLength: 5, maxLength: 5 },
);

/** Edits of small repositories, and repositories of which some flags are others altogether. */
export const fileChanges: fc.Arbitrary<FileChange> = fc
  .tuple(
    fc.oneof(
      edited,
      changes(false).map(({ before, after }) => [before, after] as const),
    ),
    presence,
  )
  .map(([[before, after], presences]) => {
    const isThere = (side: Presence) => (_key: string, index: number) =>
      [side, 'both'].includes(presences[index] as Presence);
    return { before: filesOf(before, isThere('before')), after: filesOf(after, isThere('after')) };
  });

function filesOf(sketch: RepositorySketch, isThere: (key: string, index: number) => boolean): Files {
  const keys = Object.keys(sketch.flags).filter(isThere);
  const policy = {
    bucketing: 'flagd-v2',
    environments: ENVIRONMENTS,
    teams: { team: { codeOwner: '@acme/team' }, other: { codeOwner: '@acme/other' } },
  };
  const segments = Object.entries(sketch.segments ?? {});
  return {
    CODEOWNERS: '* @acme/team @acme/other\n',
    'flags/policy.yaml': JSON.stringify(policy),
    ...Object.fromEntries(
      segments.map(([name, when]) => [
        `flags/segments/${name}.yaml`,
        JSON.stringify({ owner: 'team', description: 'A segment.', when }),
      ]),
    ),
    ...Object.fromEntries(segments.map(([name]) => flagFile(probeOf(name), probe(name)))),
    ...Object.fromEntries(keys.map((key, index) => flagFile(key, complete(sketch, keys, key, index)))),
  };
}

function flagFile(key: string, sketch: FlagSketch): readonly [string, string] {
  return [`flags/${key.replaceAll('.', '/')}.yaml`, JSON.stringify(flagDocument(key, sketch))];
}

function probe(segment: string): FlagSketch {
  const rules = [{ name: 'member', when: { segment }, serve: true }];
  return { environments: Object.fromEntries(ENVIRONMENTS.map((name) => [name, { enabled: true, rules }])) };
}

/** Gives every other flag a staging that is a little different, and leaves out what can't be needed. */
function complete(sketch: RepositorySketch, keys: readonly string[], key: string, index: number): FlagSketch {
  const flag = sketch.flags[key] as FlagSketch;
  const production = flag.environments?.['production'];
  const needs = Object.entries(flag.prerequisites ?? {}).filter(
    ([needed, variant]) =>
      keys.includes(needed) &&
      Object.hasOwn(sketch.flags[needed]?.variants ?? { true: true, false: false }, String(variant)),
  );
  const staging = production && { ...production, enabled: true, rules: (production.rules ?? []).slice(1) };
  return {
    ...flag,
    prerequisites: Object.fromEntries(needs),
    environments: { ...flag.environments, ...(staging !== undefined && index % 2 === 0 && { staging }) },
  };
}
