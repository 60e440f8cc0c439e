/** The few documents that some flags and segments are evaluated with: plain, so that they can be sent to a worker. */
import {
  holdFlag,
  holdSegment,
  Ruleset,
  type Documents,
  type FlagDocument,
  type Makers,
  type References,
  type SegmentDocument,
} from '../../../provider/engine/index.js';

/** Documents of one side, with all that they refer to. */
export interface PlainDocuments {
  /** Of the policy, in its order. */
  readonly environments: readonly string[];
  readonly flags: readonly FlagDocument[];
  readonly segments: readonly (readonly [name: string, document: SegmentDocument])[];
}

/** The flags and segments of these names that there are, with the prerequisites and segments that they lead to. */
export function closureOf(
  { policy, flags, segments }: Documents,
  flagKeys: Iterable<string>,
  segmentNames: Iterable<string>,
): PlainDocuments {
  const [keys, names] = [new Set(flagKeys), new Set(segmentNames)];
  const follow = (references: References | undefined): void => {
    for (const key of references?.prerequisites ?? []) keys.add(key);
    for (const name of references?.segments.flat() ?? []) names.add(name);
  };
  // Both sets grow while they are walked; segments lead to no flags.
  for (const key of keys) follow(flags.get(key)?.references);
  for (const name of names) follow(segments.get(name)?.references);
  return {
    environments: policy.environments,
    flags: [...keys].flatMap((key) => flags.get(key)?.read() ?? []),
    segments: [...names].flatMap((name) => {
      const document = segments.get(name)?.read();
      return document === undefined ? [] : [[name, document] as const];
    }),
  };
}

/** A ruleset of nothing but these documents: what it has, it evaluates as the whole one does. */
export function smallRuleset({ environments, flags, segments }: PlainDocuments, makers: Makers): Ruleset {
  return new Ruleset(
    { id: '', repository: '' },
    {
      policy: { bucketing: 'flagd-v2', environments, teams: {} },
      flags: new Map(flags.map((document) => [document.key, holdFlag(document)])),
      segments: new Map(segments.map(([name, document]) => [name, holdSegment(document)])),
      guardrails: new Map(),
      retired: [],
    },
    undefined,
    makers,
  );
}
