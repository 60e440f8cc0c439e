/** Text that may be shown to people. */

/** Long enough for git's reason, short enough for a log line. */
const MAX_SHOWN_LENGTH = 300;

const MASK = '***';

/** Control and bidirectional characters: a server's text must not drive the terminal that shows it. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** The user information of a URL, also where a password holds an `@`; starts only at `//`, hence linear. */
const URL_USERINFO = /\/\/[^\s/]*@/g;

/** Every spelling in which a secret may come back: plain, in a URL, in Base64 with and without padding. */
function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [secret, encodeURIComponent(secret), base64, base64.replace(/=+$/, '')];
}

/** The text without the secrets, in whatever spelling, and without the user information of URLs. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const masked = secrets
    .filter((secret) => secret !== '')
    .flatMap(spellings)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
  return masked.replace(URL_USERINFO, `//${MASK}@`);
}

/** The text as one redacted, printable line of at most 300 characters. */
export function shown(text: string, secrets: readonly string[] = []): string {
  const line = redact(text, secrets).replace(UNPRINTABLE, ' ').trim();
  return line.length <= MAX_SHOWN_LENGTH ? line : `${line.slice(0, MAX_SHOWN_LENGTH)}…`;
}
