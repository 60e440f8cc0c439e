/** Which kind of document a path under the flags folder holds: the "Layout" of the flag format. */
import { compilePattern } from '../engine/index.js';

/** What a path stands for. */
export type Place =
  | { readonly kind: 'policy' | 'retired' }
  | { readonly kind: 'segment' | 'guardrail'; readonly name: string }
  /** `name` is the flag's key. */
  | { readonly kind: 'flag' | 'cases'; readonly name: string }
  /** A YAML file that is none of these. */
  | { readonly kind: 'unexpected'; readonly reason: string; readonly fix: string }
  /** Not a YAML file. */
  | { readonly kind: 'ignored' };

/** A key's or a name's longest length, so that a path made of it stays below every file system's limit. */
const MAX_NAME_LENGTH = 200;

const PART = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const NAME = new RegExp(`^${PART}$`);
/** What a key may be whatever the policy's naming says: no slash, no space, ASCII only, no empty part. */
const POSSIBLE_KEY = /^[A-Za-z0-9_@+=~-]+(\.[A-Za-z0-9_@+=~-]+)*$/;
const DEFAULT_NAMING = `${PART}\\.${PART}\\.${PART}`;
/** First parts of paths that are not teams. */
const RESERVED: ReadonlySet<string> = new Set(['policy', 'retired', 'segments', 'guardrails']);

/** Whether a string may name a segment, guardrail, rule, stage or environment: a key part's alphabet. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

/** Whether a string may be a flag's key. */
export type Naming = (key: string) => boolean;

/** Every key that some policy could allow: what holds while the policy can't be read. */
export const anyNaming: Naming = (key) => key.length <= MAX_NAME_LENGTH && POSSIBLE_KEY.test(key);

/** The naming of a policy; the default without one. @throws where RE2 refuses {@link wholeKeyPattern} of it */
export function namingOf(pattern = DEFAULT_NAMING): Naming {
  const compiled = compilePattern(wholeKeyPattern(pattern));
  return (key) => anyNaming(key) && compiled.test(key);
}

/** A policy's pattern, so that it matches whole keys only. */
export function wholeKeyPattern(pattern: string): string {
  return `^(?:${pattern})$`;
}

/** Tells what a path, relative to the flags folder, stands for. */
export function placeOf(path: string, naming: Naming): Place {
  const [ending] = /\.ya?ml$/i.exec(path) ?? [];
  if (ending === undefined || isHidden(path)) return { kind: 'ignored' };
  const stem = path.slice(0, -ending.length);
  if (ending !== '.yaml') return unexpected(`the ending \`${ending}\``, `rename it to \`${stem}.yaml\``);
  if (stem === 'policy' || stem === 'retired') return { kind: stem };
  const [folder = '', ...rest] = stem.split('/');
  if (folder === 'segments' || folder === 'guardrails') return namedPlace(folder, rest);
  return flagPlace(stem, folder, naming);
}

/** Whether a path is in a folder such as `.github`, which is there when the flags folder is the repository's root. */
export function isHidden(path: string): boolean {
  return path.startsWith('.') && path.includes('/');
}

function flagPlace(stem: string, folder: string, naming: Naming): Place {
  const isCases = stem.endsWith('.cases');
  const path = isCases ? stem.slice(0, -'.cases'.length) : stem;
  const key = path.replaceAll('/', '.');
  if (RESERVED.has(folder))
    return unexpected(`a flag under the reserved name \`${folder}\``, 'begin its key with a team');
  // A dot in a file's name would make two paths of one key.
  if (!path.includes('.') && naming(key)) return { kind: isCases ? 'cases' : 'flag', name: key };
  return unexpected(
    `the path of a key that is not allowed: \`${key}\``,
    'name it <team>/<domain>/<purpose>.yaml in lower-case letters, digits and hyphens, or as `naming` in the policy says',
  );
}

function namedPlace(folder: 'segments' | 'guardrails', rest: readonly string[]): Place {
  const [name = '', ...deeper] = rest;
  if (deeper.length === 0 && isName(name)) return { kind: folder === 'segments' ? 'segment' : 'guardrail', name };
  return unexpected(
    `a file in \`${folder}\` that is not \`<name>.yaml\``,
    `name it ${folder}/<name>.yaml, the name of lower-case letters, digits and hyphens`,
  );
}

function unexpected(reason: string, fix: string): Place {
  return { kind: 'unexpected', reason, fix };
}
