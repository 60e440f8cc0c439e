/** The plan of a rollback: the flag behaves as an earlier revision of its file says, and stays off where it is off. */
import { isDeepStrictEqual } from 'node:util';
import type { EnvironmentDocument, FlagDocument, JsonObject, JsonValue } from '../../provider/engine/index.js';
import { format } from '../format/format.js';
import { setIn } from '../edit.js';
import { stateWords } from '../environment-state.js';
import type { FlagRevision } from './flag-revision.js';
import type { EarlierFlag } from './history.js';
import type { Plan } from './plan.js';
import { restore } from './restore.js';

/** What decides who gets what. All other fields are governance, which only moves forward. */
export const behaviourFields = ['default', 'variants', 'prerequisites', 'bucketBy', 'salt', 'environments'] as const;

type Environments = { readonly [name: string]: EnvironmentDocument };

/** What of a flag's document decides who gets what. */
export function behaviourOf(document: FlagDocument): Partial<FlagDocument> {
  const present = behaviourFields.filter((field) => Object.hasOwn(document, field));
  return Object.fromEntries(present.map((field) => [field, document[field]]));
}

/** Plans a rollback to an earlier revision. @param isEnabling whether what is off now may come on again */
export function planRollback(flag: FlagRevision, earlier: EarlierFlag, isEnabling: boolean): Plan {
  const { key, document } = flag;
  const target = targetOf(document, earlier.document, isEnabling);
  const held = heldOff(document, earlier.document);
  const hint = held.length === 0 || isEnabling ? [] : [stayingOff(key, held)];
  if (isDeepStrictEqual(target, document)) {
    return { kind: 'nothing', reasons: [`${key} behaves as at ${earlier.words} already`, ...hint] };
  }
  return {
    kind: 'edit',
    text: isWholeFile(flag, earlier, target) ? earlier.text : editedText(flag, target),
    expected: target,
    subject: `rollback ${key} to ${earlier.revision.slice(0, SHORT_HASH_CHARACTERS)}`,
    effects: [`back to ${earlier.words}`, ...environmentEffects(document, target), ...fieldEffects(document, target)],
    warnings: hint,
    reviewNeeded: 'a rollback may widen who gets what',
  };
}

/** As git abbreviates in a repository of some size. */
const SHORT_HASH_CHARACTERS = 10;

function stayingOff(key: string, names: readonly string[]): string {
  const verb = names.length === 1 ? 'stays' : 'stay';
  return `${names.join(', ')} ${verb} off, as now; to turn ${key} on again, add --enable`;
}

/** Today's document with the behaviour of `then`. */
function targetOf(now: FlagDocument, then: FlagDocument, isEnabling: boolean): FlagDocument {
  const governance = Object.entries(now).filter(([field]) => !(behaviourFields as readonly string[]).includes(field));
  const behaviour = behaviourOf(then);
  const environments = Object.entries(then.environments ?? {}).map(([name, state]) => {
    const enabled = state.enabled && (isEnabling || isOn(now, name));
    return [name, { ...state, enabled }] as const;
  });
  return Object.fromEntries([
    ...governance,
    ...Object.entries(behaviour),
    ...(then.environments === undefined ? [] : [['environments', Object.fromEntries(environments)]]),
  ]) as FlagDocument;
}

/** The environments that were on then, and are not now. */
function heldOff(now: FlagDocument, then: FlagDocument): readonly string[] {
  return Object.keys(then.environments ?? {}).filter((name) => isOn(then, name) && !isOn(now, name));
}

function isOn(document: FlagDocument, name: string): boolean {
  return stateIn(document, name)?.enabled === true;
}

function stateIn({ environments = {} }: FlagDocument, name: string): EnvironmentDocument | undefined {
  return Object.hasOwn(environments, name) ? environments[name] : undefined;
}

/** Whether the earlier file as it was is the answer: it says what is wanted, and no comment has come since. */
function isWholeFile({ text }: FlagRevision, earlier: EarlierFlag, target: FlagDocument): boolean {
  return (
    isDeepStrictEqual(earlier.document, target) && commentsOf(text).every((comment) => earlier.text.includes(comment))
  );
}

/** Whatever may be a comment: of a `#` in a string nothing worse comes than an edit where a copy would have done. */
function commentsOf(text: string): readonly string[] {
  return text.match(/(?<=^|\s)#.*$/gm) ?? [];
}

function hasSameVariantOrder(left: FlagDocument, right: FlagDocument): boolean {
  const [names, others] = [left, right].map(({ variants = {} }) => Object.keys(variants));
  return isDeepStrictEqual(names, others);
}

function editedText({ text, document }: FlagRevision, target: FlagDocument): string {
  const [now, then] = [document, target] as unknown as readonly [JsonObject, JsonObject];
  const valueIn = (held: JsonObject, field: string): JsonValue | undefined =>
    Object.hasOwn(held, field) ? held[field] : undefined;
  const restored = behaviourFields.reduce(
    (edited, field) => restore(edited, [field], valueIn(now, field), valueIn(then, field)),
    text,
  );
  // The order of the variants decides who gets which, and a value that comes back comes at the end.
  const variants = valueIn(then, 'variants');
  const isOrdered = variants === undefined || hasSameVariantOrder(document, target);
  const ordered = isOrdered ? restored : setIn(restored, ['variants'], variants);
  return isFormatted(text) ? format('flag', ordered) : ordered;
}

/** A file in some other style keeps it: a rollback that formats could not be reviewed. */
function isFormatted(text: string): boolean {
  return format('flag', text) === text;
}

function environmentEffects(now: FlagDocument, then: FlagDocument): readonly string[] {
  const all: Environments = { ...now.environments, ...then.environments };
  return Object.keys(all).flatMap((name) => {
    const [before, after] = [stateIn(now, name), stateIn(then, name)];
    if (isDeepStrictEqual(before, after)) return [];
    const [from, to] = [before, after].map((state) => stateWords(state ?? { enabled: false }));
    if (from !== to) return [`${name}: ${from} → ${to}`];
    return [
      `${name}: ${from}, with other ${from === 'off' ? 'rules or rollout for when it is on' : 'rules or stages'}`,
    ];
  });
}

function fieldEffects(now: FlagDocument, then: FlagDocument): readonly string[] {
  const fields = behaviourFields.filter((field) => field !== 'environments');
  const changed = fields.filter((field) => !isDeepStrictEqual(now[field], then[field]));
  return changed.length === 0 ? [] : [`also as it was: ${changed.join(', ')}`];
}
