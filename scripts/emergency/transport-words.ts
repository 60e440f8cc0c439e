/** What git and the server say when a fetch or a push fails, in words of what to do. */
import { shown, type GitResult } from '../../provider/repository/index.js';

/** The first row whose words occur decides. */
const rows: readonly { readonly words: RegExp; readonly meaning: string }[] = [
  {
    words: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/,
    meaning: 'the host key is not a known one; connect once with ssh and compare it',
  },
  {
    words: /Permission denied \(|Too many authentication failures/,
    meaning: 'the ssh key is refused or locked; load it with ssh-add, for nothing can be asked here',
  },
  {
    words: /could not read (?:Username|Password)|terminal prompts disabled/,
    meaning:
      'git has no credentials for it at hand; store them with its credential helper, for nothing can be asked here',
  },
  {
    words: /Authentication failed|returned error: 401\b|HTTP Basic: Access denied/,
    meaning: 'the server does not accept the credentials',
  },
  { words: /returned error: 403\b|Permission to .* denied/, meaning: 'these credentials may not do that' },
  {
    words: /protected branch|GH006|GH013|not allowed to push|hook declined|\[remote rejected\]/i,
    meaning: 'the server refuses it',
  },
  { words: /find remote ref/, meaning: 'there is no such branch; name the main one with --branch' },
  {
    words: /[Rr]epository not found|returned error: 404\b|does not appear to be a git repository|not found$/m,
    meaning: 'there is no such repository, or you may not see it',
  },
  { words: /No space left on device|Disk quota exceeded/, meaning: 'the disk is full' },
];

/** Others have pushed in between: each server says so in its own way. */
const OUTDATED =
  /\[rejected\]|\((?:cannot lock ref|failed to update ref|incorrect old value provided|fetch first|non-fast-forward)/;

/** What git adds to every failure of a transport. */
const GENERALITIES =
  /^(?:$|remote:|error: failed to push|fatal: Could not read from remote|Please make sure you have|and the repository exists)/;

/** A hook that explains itself does so in a few lines; a server may send any number. */
const MAX_SERVER_LINES = 10;

/** Whether a push failed because the branch has moved on. */
export function isOutdated({ stdout, stderr }: GitResult): boolean {
  const refused = /^!\t.*$/m.exec(stdout.toString('utf8'))?.[0] ?? '';
  return OUTDATED.test(refused) || (refused !== '' && /cannot lock ref|incorrect old value/.test(stderr));
}

/** Why it failed, with git's own words; one line, without secrets. */
export function reasonOf({ stdout, stderr }: GitResult, secrets: readonly string[]): string {
  const refused = /^!\t[^\t]*\t(.*)$/m.exec(stdout.toString('utf8'))?.[1];
  const said = `${stderr}\n${refused ?? ''}`;
  const meaning = rows.find(({ words }) => words.test(said))?.meaning ?? 'it could not be reached, or broke off';
  const lines = stderr.split('\n').filter((line) => !GENERALITIES.test(line.trim()));
  const line = refused ?? lines.find((one) => /^(?:fatal|error): /.test(one)) ?? lines.at(-1) ?? 'git said nothing';
  return `${meaning} (${shown(line, secrets)})`;
}

/** What the server itself had to say, as printable lines without secrets. */
export function serverLines({ stderr }: GitResult, secrets: readonly string[]): readonly string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => shown(line.slice('remote:'.length), secrets))
    .filter((line) => line !== '')
    .slice(0, MAX_SERVER_LINES);
}
