/** The plan of a kill: `enabled: false`, and nothing else. */
import { defaultVariantOf, variantsOf, type Documents, type FlagDocument } from '../../provider/engine/index.js';
import { excerpt } from '../../provider/repository/index.js';
import { setIn } from '../edit.js';
import { stateWords } from '../environment-state.js';
import { requireKnown } from '../require-known.js';
import type { FlagRevision } from './flag-revision.js';
import type { Plan } from './plan.js';

/** A subject with more names is no subject. */
const MAX_NAMED_ENVIRONMENTS = 3;

/** Plans a kill in some environments, or in all. @throws UsageError for an unknown environment */
export function planKill(flag: FlagRevision, wanted: readonly string[]): Plan {
  const { key, document, loaded } = flag;
  const { environments = {} } = document;
  const known = loaded?.ruleset.documents.policy.environments ?? Object.keys(environments);
  requireKnown('environment', wanted, known);
  const names = wanted.length > 0 ? wanted : known.filter((name) => Object.hasOwn(environments, name));
  const enabled = names.filter((name) => Object.hasOwn(environments, name) && environments[name]?.enabled === true);
  if (enabled.length === 0) {
    const where = wanted.length === 0 ? 'everywhere' : `in ${wanted.join(', ')}`;
    return { kind: 'nothing', reasons: [`${key} is off ${where} already`] };
  }
  return {
    kind: 'edit',
    text: enabled.reduce((text, name) => setIn(text, ['environments', name, 'enabled'], false), flag.text),
    expected: disabled(document, enabled),
    subject: `kill ${key} in ${placesOf(enabled)}`,
    effects: enabled.map((name) => effectOf(document, name)),
    ...risksOf(flag),
  };
}

function disabled(document: FlagDocument, names: readonly string[]): FlagDocument {
  const environments = Object.entries(document.environments ?? {}).map(([name, state]) => [
    name,
    names.includes(name) ? { ...state, enabled: false } : state,
  ]);
  return { ...document, environments: Object.fromEntries(environments) as FlagDocument['environments'] & object };
}

function placesOf(names: readonly string[]): string {
  return names.length > MAX_NAMED_ENVIRONMENTS ? `${names.length} environments` : names.join(', ');
}

function effectOf(document: FlagDocument, name: string): string {
  const state = document.environments?.[name] ?? { enabled: false };
  return `${name}: ${stateWords(state)} → off; everybody gets ${defaultWords(document)}`;
}

function defaultWords(document: FlagDocument): string {
  const variant = defaultVariantOf(document);
  if (variant === null) return "the default in the caller's code";
  const value = excerpt(variantsOf(document).get(variant));
  return value === variant || value === JSON.stringify(variant) ? value : `${value} (${variant})`;
}

/** What else a kill does, by way of the flags that need this one. */
function risksOf({ key, document, loaded }: FlagRevision): { warnings: string[]; reviewNeeded: string | undefined } {
  const widened = loaded === undefined ? [] : widenedBy(loaded.ruleset.documents, key);
  const warnings = widened.map(
    ({ dependent, needs, variant }) => `${dependent} may come ON: it needs ${needs} to serve its default, ${variant}`,
  );
  if (document.default === null) {
    const why = 'its default is in the callers’ code, where nobody can tell that it is safe';
    return { warnings, reviewNeeded: why };
  }
  const [first] = widened;
  return { warnings, reviewNeeded: first && `${first.dependent} may come on when ${first.needs} serves its default` };
}

interface Widened {
  readonly dependent: string;
  readonly needs: string;
  readonly variant: string;
}

/** The flags that a kill may turn on, through any number of others: those that need a default to be served. */
function widenedBy({ flags }: Documents, killed: string): readonly Widened[] {
  const widened: Widened[] = [];
  const reduced = [killed];
  // Grows while it is walked; each flag is in it once.
  for (const needs of reduced) {
    const variant = defaultOf(flags.get(needs)?.read());
    for (const [dependent, stored] of flags) {
      if (!stored.references.prerequisites.includes(needs)) continue;
      const needed = String(stored.read().prerequisites?.[needs]);
      if (needed === variant) widened.push({ dependent, needs, variant });
      else if (!reduced.includes(dependent)) reduced.push(dependent);
    }
  }
  return widened;
}

function defaultOf(document: FlagDocument | undefined): string | null {
  return document === undefined ? null : defaultVariantOf(document);
}
