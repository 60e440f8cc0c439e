/** What is to be known of a new flag: from the command line, and where somebody is there, from questions. */
import type { JsonValue } from '../../provider/engine/index.js';
import { UsageError, type CommandInput, type Prompts } from '../command.js';
import { requireKnown } from '../require-known.js';
import type { RepositoryRules } from './repository-rules.js';

/** The types of a flag and what they are for. */
export const types = [
  { value: 'release', hint: 'a change on its way to everybody' },
  { value: 'ops', hint: 'a kill-switch' },
  { value: 'experiment', hint: 'variants that are compared' },
  { value: 'permission', hint: 'who may do what' },
] as const;

/** The risk tiers and what they mean. */
export const tiers = [
  { value: 'low', hint: 'a mistake is a nuisance' },
  { value: 'medium', hint: 'a mistake costs' },
  { value: 'high', hint: 'a mistake is an incident' },
] as const;

/** A new flag's document, in no particular order. */
export type Answers = Readonly<Record<string, JsonValue>> & { readonly key: string; readonly owner: string };

/** @throws UsageError for what is wrong, and where nobody can be asked for all that is missing; Cancelled */
export async function gatherAnswers(input: CommandInput, rules: RepositoryRules): Promise<Answers> {
  const { options, now } = input;
  const variants = variantsOf(options.list('variants'));
  checkGiven(input, rules);
  const ask = new Questioner(input.prompts);
  const key = await ask.text('KEY', input.argument('key'), 'Key (team.domain.purpose)', (text) => rules.keyFault(text));
  const type = await ask.select('--type', options.text('type'), 'Type', types);
  const owners = rules.activeTeams.map((value) => ({ value }));
  const owner = await ask.select('--owner', options.text('owner'), 'Owner', owners);
  const riskTier = await ask.select('--tier', options.text('tier'), 'Risk tier', tiers);
  const isDay = (text: string): string | undefined => rules.expiryFault(type, text);
  const usual = rules.usualExpiry(type, now());
  const expiresAt = await ask.text('--expires', options.text('expires'), 'Expires (YYYY-MM-DD or never)', isDay, usual);
  const what = 'What does it do, for a reader at 3 a.m.?';
  const description = await ask.text('--description', options.text('description'), what, notEmpty);
  const runbook = rules.needsRunbook(riskTier)
    ? await ask.text('--runbook', options.text('runbook'), 'Runbook (URL)', notEmpty)
    : options.text('runbook');
  const names = Object.keys(variants).map((value) => ({ value }));
  const served = 'Default: what can be served for ever?';
  const fallback =
    names.length > 0 ? await ask.select('--default', options.text('default'), served, names) : options.text('default');
  ask.requireAll();
  return {
    key,
    type,
    owner,
    riskTier,
    expiresAt,
    description,
    ...(runbook !== undefined && { runbook }),
    ...(fallback !== undefined && { default: names.length > 0 ? fallback : valueOf(fallback) }),
    ...(names.length > 0 && { variants }),
    ...environmentsOf(options.list('env')),
  };
}

/** What was given is judged before anything is asked. */
function checkGiven({ argument, options }: CommandInput, rules: RepositoryRules): void {
  const [key, type, owner, expires] = [
    argument('key'),
    ...['type', 'owner', 'expires'].map((name) => options.text(name)),
  ];
  const fault =
    (key === undefined ? undefined : rules.keyFault(key)) ??
    (expires === undefined ? undefined : rules.expiryFault(type ?? 'ops', expires));
  if (fault !== undefined) throw new UsageError(fault);
  if (owner !== undefined) requireKnown('active team', [owner], rules.activeTeams);
  requireKnown('environment', options.list('env'), rules.environments);
}

/** Takes what is given, asks for what is not, and where it can't, remembers what is missing. */
class Questioner {
  readonly #missing: string[] = [];

  constructor(private readonly prompts: Prompts | undefined) {}

  async text(
    name: string,
    given: string | undefined,
    message: string,
    check: (answer: string) => string | undefined,
    initial?: string,
  ): Promise<string> {
    if (given !== undefined) return given;
    if (this.prompts === undefined) return this.#miss(name);
    return this.prompts.text({ message, check, ...(initial !== undefined && { initial }) });
  }

  async select(
    name: string,
    given: string | undefined,
    message: string,
    choices: readonly { readonly value: string; readonly hint?: string }[],
  ): Promise<string> {
    if (given !== undefined) return given;
    return this.prompts === undefined ? this.#miss(name) : this.prompts.select({ message, choices });
  }

  requireAll(): void {
    if (this.#missing.length === 0) return;
    throw new UsageError(`missing: ${this.#missing.join(', ')} (on a terminal, these are asked for)`);
  }

  #miss(name: string): string {
    this.#missing.push(name);
    return '';
  }
}

function notEmpty(text: string): string | undefined {
  return text.trim() === '' ? 'say something' : undefined;
}

function variantsOf(words: readonly string[]): Readonly<Record<string, JsonValue>> {
  const pairs = words.map((word) => {
    const [, name = '', value = name] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === '') throw new UsageError(`${JSON.stringify(word)} is no variant; write NAME or NAME=VALUE`);
    // The list was split at every comma, also at those inside of a JSON value.
    if (/^[[{]/.test(value)) throw new UsageError('--variants takes no objects and lists; write them in the file');
    return [name, valueOf(value)] as const;
  });
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) !== index);
  if (twice !== undefined) throw new UsageError(`the variant ${twice[0]} is given twice`);
  return Object.fromEntries(pairs);
}

/** `true`, `false` and decimal numbers as such, everything else as text. */
function valueOf(text: string): JsonValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(text) ? Number(text) : text;
}

function environmentsOf(names: readonly string[]): { environments?: JsonValue } {
  return names.length === 0
    ? {}
    : { environments: Object.fromEntries(names.map((name) => [name, { enabled: false }])) };
}
