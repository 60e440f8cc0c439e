/** The flags of a change of which a side does not load: named as far as they are known, and nothing concluded of them. */
import { namingOf, placeOf, type LoadedRepository } from '../../provider/repository/index.js';
import type { ChangedFile, Exposure, FlagChange, Side } from './change.js';
import { environmentNames } from './environments.js';
import { exposureOf, NO_EXPOSURE } from './exposure.js';
import { arrivalsOf, flagNode, guardrailNode, segmentNode, type Node } from './reach.js';

/** Where flags stand, as long as no side says otherwise. */
const USUAL_ROOT = 'flags';

/** What an unread result may give: everything. */
const FULL_EXPOSURE: Exposure = { rest: 100, openRules: new Map() };

/**
 * The flags whose files differ, and those that the side which loads says are reached. Each has one item, that it cannot
 * be compared; no direction is proved, and what was not read exposes nobody before and everybody after.
 */
export function uncomparableFlags(base: Side, result: Side, files: readonly ChangedFile[]): readonly FlagChange[] {
  const loaded = base.loaded ?? result.loaded;
  const status = new Map<string, FlagChange['status']>();
  const edited = files.flatMap((file): readonly Node[] => {
    const found = nodeOf(file.path, loaded);
    if (found?.kind === 'flag') status.set(found.name, statuses[file.status]);
    return found === undefined ? [] : [found.node];
  });
  const { documents } = loaded?.ruleset ?? {};
  const arrivals = documents === undefined ? undefined : arrivalsOf([documents], edited);
  for (const key of documents?.flags.keys() ?? []) {
    if (!status.has(key) && arrivals?.has(flagNode(key)) === true) status.set(key, 'reached');
  }
  const text = `cannot be compared: ${faultOf(base, result)}`;
  return [...status.keys()].sort().map((key) => ({
    key,
    status: status.get(key) ?? 'changed',
    before: base.loaded?.ruleset.documents.flags.get(key)?.read(),
    after: result.loaded?.ruleset.documents.flags.get(key)?.read(),
    items: [{ environment: undefined, kind: 'key', text }],
    effects: effectsOf(key, base, result),
    via: [...(arrivals?.get(flagNode(key))?.keys() ?? [])],
  }));
}

function faultOf(base: Side, result: Side): string {
  if (result.loaded !== undefined) {
    const hasPolicy = base.problems.every(({ code }) => code !== 'policy-missing');
    return hasPolicy ? 'the base does not load' : 'the base has no policy, and so no flags';
  }
  return base.loaded === undefined ? 'neither side loads' : 'the result does not load';
}

const statuses: Readonly<Record<ChangedFile['status'], FlagChange['status']>> = {
  added: 'added',
  deleted: 'removed',
  modified: 'changed',
};

interface FoundNode {
  readonly kind: 'flag' | 'segment' | 'guardrail';
  readonly name: string;
  readonly node: Node;
}

const nodes = { flag: flagNode, segment: segmentNode, guardrail: guardrailNode } as const;

function nodeOf(path: string, loaded: LoadedRepository | undefined): FoundNode | undefined {
  const root = loaded?.root ?? USUAL_ROOT;
  const folder = root === '' ? '' : `${root}/`;
  if (!path.startsWith(folder)) return undefined;
  const place = placeOf(path.slice(folder.length), namingOf(loaded?.ruleset.documents.policy.naming?.pattern));
  if (place.kind !== 'flag' && place.kind !== 'segment' && place.kind !== 'guardrail') return undefined;
  return { kind: place.kind, name: place.name, node: nodes[place.kind](place.name) };
}

function effectsOf(key: string, base: Side, result: Side): FlagChange['effects'] {
  const side = base.loaded ?? result.loaded;
  const document = side?.ruleset.documents.flags.get(key)?.read();
  return environmentNames(document, undefined).map((environment) => {
    const known = exposureOf(document, environment, side?.ruleset.documents.segments ?? new Map());
    const exposure =
      base.loaded === undefined ? { before: NO_EXPOSURE, after: known } : { before: known, after: FULL_EXPOSURE };
    return { environment, direction: 'other', exposure };
  });
}
