/** What is to be known of a new flag repository: from the command line, and where somebody is there, from questions. */
import { UsageError, type CommandInput } from '../command.js';

/** What the files of a new flag repository are made of. */
export interface Choices {
  /** The team that owns the rules and the example flag, as the policy names it. */
  readonly team: string;
  /** Its handle in CODEOWNERS. */
  readonly codeOwner: string;
  /** In the order of the reports; the example flag is off in the first and on in the others. */
  readonly environments: readonly string[];
  /** Where the composite actions are: `owner/name@commit`. */
  readonly actions: string;
  /** The branch that is served. */
  readonly branch: string;
}

/** As the schema of the policy has it. */
const HANDLE = /^(@[^\s@/]+(\/[^\s@/]+)?|[^\s@]+@[^\s@]+)$/;
/** What YAML reads as a string without quotes, and what no reader takes for a number. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** By full hash: a tag or a branch can be moved to other code by whoever may push there. */
const ACTIONS = /^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}@[0-9a-f]{40}$/;
/** Of git's rules for branches, those that need no quotes in YAML or a shell either. */
const BRANCH = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;
/** YAML words that are not strings, or not in every parser. */
const YAML_WORDS = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);
/** The schemas' own limits. */
const [MAX_NAME, MAX_ENVIRONMENTS] = [100, 50];

type Check = (text: string) => string | undefined;

/** @throws UsageError for what is wrong, and where nobody can be asked for all that is missing; Cancelled */
export async function gatherChoices({ options, prompts }: CommandInput, installed?: string): Promise<Choices> {
  const missing: string[] = [];
  const given = (name: string, check: Check): string | undefined => {
    const text = options.text(name);
    const fault = text === undefined ? undefined : check(text);
    if (fault !== undefined) throw new UsageError(`--${name}: ${fault}`);
    return text;
  };
  // What was given is judged before anything is asked.
  const known = {
    team: given('owner-team', nameFault),
    codeOwner: given('code-owner', handleFault),
    actions: given('actions', actionsFault) ?? installed,
    branch: given('branch', branchFault) ?? 'main',
  };
  const environments = environmentsOf(options.list('env'));
  const ask = async (option: string, message: string, check: Check, initial?: string): Promise<string> => {
    if (prompts !== undefined) return prompts.text({ message, check, ...(initial !== undefined && { initial }) });
    missing.push(`--${option}`);
    return '';
  };
  const team =
    known.team ?? (await ask('owner-team', 'Team that owns the rules and the first flag', nameFault, 'platform-team'));
  const codeOwner = known.codeOwner ?? (await ask('code-owner', `Handle of ${team} in CODEOWNERS`, handleFault));
  const actions =
    known.actions ?? (await ask('actions', "Guidon's repository and commit (owner/name@commit)", actionsFault));
  if (missing.length > 0) {
    throw new UsageError(`missing: ${missing.join(', ')} (on a terminal, these are asked for)`);
  }
  return { team, codeOwner, environments, actions, branch: known.branch };
}

function environmentsOf(names: readonly string[]): readonly string[] {
  if (names.length === 0) return ['production', 'staging'];
  if (names.length > MAX_ENVIRONMENTS) throw new UsageError(`--env: ${names.length}, and at most ${MAX_ENVIRONMENTS}`);
  for (const name of names) {
    const fault = nameFault(name);
    if (fault !== undefined) throw new UsageError(`--env: ${fault}`);
  }
  return names;
}

function nameFault(text: string): string | undefined {
  if (NAME.test(text) && text.length <= MAX_NAME && !YAML_WORDS.has(text)) return undefined;
  return `${JSON.stringify(text)} is no name; a name is lower-case letters, digits and hyphens, such as payments-team`;
}

function handleFault(text: string): string | undefined {
  if (HANDLE.test(text) && text.length <= 200 && /^[\u0021-\u007E]+$/.test(text) && !/["\\#]/.test(text)) {
    return undefined;
  }
  return `${JSON.stringify(text)} is no owner; give @organisation/team, @user or an e-mail address`;
}

function actionsFault(text: string): string | undefined {
  if (ACTIONS.test(text)) return undefined;
  const why = /@[^@]*$/.test(text) ? 'a tag or a branch can be moved' : 'the commit is missing';
  return `${JSON.stringify(text)} names no commit; give owner/name@ and the 40 digits of its hash (${why})`;
}

function branchFault(text: string): string | undefined {
  const isFine = BRANCH.test(text) && !/\.\.|\/\/|\.lock(\/|$)|[./]$/.test(text) && !YAML_WORDS.has(text.toLowerCase());
  return isFine ? undefined : `${JSON.stringify(text)} is no branch that init can write down`;
}
