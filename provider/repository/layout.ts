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
const DEFAULT_NAMING = compilePattern(`^${PART}\\.${PART}\\.${PART}$`);

/** Whether a string may name a segment, guardrail, rule, stage or environment: a key part's alphabet. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

/** Whether a string may be a flag's key. */
export type Naming = (key: string) => boolean;

/** The naming of a policy; the default without one. The pattern must compile and is matched against the whole key. */
export function namingOf(pattern?: string): Naming {
  const compiled = pattern === undefined ? DEFAULT_NAMING : compilePattern(`^(?:${pattern})$`);
  return (key) => key.length <= MAX_NAME_LENGTH && POSSIBLE_KEY.test(key) && compiled.test(key);
}

/** Tells what a path, relative to the flags folder, stands for. */
export function placeOf(path: string, naming: Naming): Place {
  if (path.endsWith('.yml')) {
    return { kind: 'unexpected', reason: 'the ending `.yml`', fix: `rename it to \`${path.slice(0, -4)}.yaml\`` };
  }
  if (!path.endsWith('.yaml')) return { kind: 'ignored' };
  if (path === 'policy.yaml') return { kind: 'policy' };
  if (path === 'retired.yaml') return { kind: 'retired' };
  const [folder, ...rest] = path.slice(0, -'.yaml'.length).split('/') as [string, ...string[]];
  if (folder === 'segments' || folder === 'guardrails') return namedPlace(folder, rest);
  const isCases = path.endsWith('.cases.yaml');
  const key = path.slice(0, -(isCases ? '.cases.yaml' : '.yaml').length).replaceAll('/', '.');
  if (path.slice(0, -'.yaml'.length).replace(/\.cases$/, '').includes('.') || !naming(key)) {
    return {
      kind: 'unexpected',
      reason: `a path that is no flag's key: \`${key}\``,
      fix: 'move it to flags/<team>/<domain>/<purpose>.yaml (lower-case letters, digits and hyphens), or set `naming` in policy.yaml',
    };
  }
  return { kind: isCases ? 'cases' : 'flag', name: key };
}

function namedPlace(folder: 'segments' | 'guardrails', rest: readonly string[]): Place {
  const [name = '', ...deeper] = rest;
  if (deeper.length === 0 && isName(name)) return { kind: folder === 'segments' ? 'segment' : 'guardrail', name };
  return {
    kind: 'unexpected',
    reason: `a file in \`${folder}\` that is not \`<name>.yaml\``,
    fix: `name it ${folder}/<name>.yaml, the name of lower-case letters, digits and hyphens`,
  };
}
