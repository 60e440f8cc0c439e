/** A redaction as a command line asks for it. */
import { MIN_SECRET_LENGTH } from '../../../provider/sampler/index.js';
import type { CommandInput } from '../../command.js';
import { UsageError } from '../../errors.js';
import type { Redaction } from './redaction.js';

/** How variables are called; what is not called so may be the secret itself, and is not repeated. */
const VARIABLE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** In characters: as a flag file has it. */
const MAX_PATH_LENGTH = 200;

/**
 * The redaction of the options; of `--only-referenced` what flags read, which is `referenced`.
 * @throws UsageError where nothing is asked for, or what is asked for contradicts itself, or there is no good secret
 */
export function redactionOf(input: CommandInput, referenced: readonly string[] | undefined): Redaction {
  const { options } = input;
  const [keep, drop, hash, emailDomain] = ['keep', 'drop', 'hash', 'email-domain'].map((name) => pathsOf(input, name));
  if (keep === undefined || drop === undefined || hash === undefined || emailDomain === undefined) {
    throw new Error('four options make four lists');
  }
  const isAsked = [keep, drop, hash, emailDomain].some(({ size }) => size > 0) || referenced !== undefined;
  if (!isAsked) {
    throw new UsageError(
      'nothing says what to redact: give --keep, --drop, --hash, --email-domain or --only-referenced',
    );
  }
  requireOnce([
    ['--keep', keep],
    ['--drop', drop],
    ['--hash', hash],
    ['--email-domain', emailDomain],
  ]);
  const isList = keep.size > 0 || referenced !== undefined;
  const secretName = options.text('secret-env');
  if (hash.size === 0 && secretName !== undefined) throw new UsageError('--secret-env needs --hash: nothing is hashed');
  return {
    // Without a targeting key nobody is in a rollout, and no user counts once.
    keep: isList ? new Set([...keep, ...(referenced ?? []), 'targetingKey']) : undefined,
    drop,
    hash,
    emailDomain,
    secret: hash.size === 0 ? undefined : secretOf(secretName, input),
  };
}

function pathsOf({ options }: CommandInput, name: string): ReadonlySet<string> {
  const paths = options.list(name);
  const wrong = paths.find((path) => path.length > MAX_PATH_LENGTH || path.split('.').includes(''));
  if (wrong !== undefined) {
    throw new UsageError(
      `--${name} must name attributes, such as email or device.model, not ${JSON.stringify(wrong.slice(0, 40))}`,
    );
  }
  return new Set(paths);
}

function requireOnce(lists: readonly (readonly [option: string, paths: ReadonlySet<string>])[]): void {
  const known = new Map<string, string>();
  for (const [option, paths] of lists) {
    for (const path of paths) {
      const other = known.get(path);
      if (other !== undefined) throw new UsageError(`${path} is in ${other} and in ${option}; decide on one`);
      known.set(path, option);
    }
  }
}

function secretOf(name: string | undefined, { environment }: CommandInput): string {
  if (name === undefined) {
    throw new UsageError(
      '--hash needs a secret: put one into an environment variable, and name that with --secret-env',
    );
  }
  if (!VARIABLE.test(name)) {
    throw new UsageError(
      '--secret-env must name an environment variable, such as CONTEXTS_SECRET, and not be the secret',
    );
  }
  const secret = environment[name] ?? '';
  if (secret === '') throw new UsageError(`--secret-env names ${name}, which is not set`);
  if (secret.length >= MIN_SECRET_LENGTH) return secret;
  throw new UsageError(`the secret in ${name} is too short: at least ${MIN_SECRET_LENGTH} characters are needed`);
}
