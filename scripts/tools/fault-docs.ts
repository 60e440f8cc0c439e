/** The page of the fault suite, made of its rows; run as a program it writes the page. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Expected, Fault, Inapplicable } from '../../provider/faults/fault.js';
import { faults, inapplicable } from '../../provider/faults/list.js';

const PREAMBLE = `# The fault suite

What can break between a git repository and an application, and what the application sees of it. Each row is a test of
[faults.test.ts](faults.test.ts) for each source that it names: a real OpenFeature client, the provider, and a real git
server (smart HTTP, with and without TLS, by git's own backend; SSH; \`file:\`) behind a proxy that breaks connections, or
a watched folder. The test asserts what the row says, and beside it, in every row, that

- no token is in the status, the events or the log;
- when the provider is closed, no process of git is left;
- once the fault has ended, one poll brings the newest revision: READY, no error, and on disk; but for rows that are
  marked as final.

**Status** is the client's \`providerStatus\`, **events** are all since the start, in order, without \`PROVIDER_\`
(\`CHANGED\` for \`PROVIDER_CONFIGURATION_CHANGED\`, with \`+\` for one or more), and **says** is in
\`provider.status().lastError\`, in \`provider.status().rejected\` or in the log. "From disk" is what an earlier process
kept in \`cacheDir\`.

Some rows take what not every machine has: an SSH server, openssl, faketime, root, namespaces. Where it is missing they
are skipped, and say so.
`;

const HEADINGS = ['', 'What happens', 'Over', 'Status', 'Events', 'Serves', 'Says', 'Remark'];

/** The page. It is the same for the same rows. */
export function faultPage(rows: readonly Fault[] = faults, reasons: readonly Inapplicable[] = inapplicable): string {
  const parts = [
    PREAMBLE,
    '<!-- prettier-ignore-start -->\n',
    table(HEADINGS, rows.map(rowOf)),
    '\n## What does not happen here\n',
    table(
      ['', 'Fault', 'Why not'],
      reasons.map(({ number, name, reason }) => [String(number), escaped(name), escaped(reason)]),
    ),
    '\n<!-- prettier-ignore-end -->\n',
  ];
  return parts.join('\n');
}

function rowOf({ number, name, over, sees, remark = '', isFinal }: Fault): readonly string[] {
  const remarks = [isFinal === undefined ? [] : [`Final: ${isFinal}`], remark === '' ? [] : [remark]].flat();
  const { status, events, isUncounted = false } = sees;
  const shown = events.map((event) => (isUncounted && event === 'CHANGED' ? `${event}+` : event)).join(', ');
  return [
    String(number),
    escaped(name),
    over.join(', '),
    status,
    shown,
    servedBy(sees),
    said(sees),
    escaped(remarks.join(' ')),
  ];
}

function servedBy({ serves, events, persisted, fromLastKnownGood = false }: Expected): string {
  if (serves === 'nothing') return "the code's defaults";
  const isNew = events.includes('CHANGED') || events.indexOf('READY') > 0 || persisted === false;
  const where = [fromLastKnownGood ? ', from disk' : '', persisted === false ? ', from memory only' : ''].join('');
  return `the ${isNew ? 'newest' : 'last good'} ruleset${where}`;
}

function said({ error = '', rejected = '', log = '' }: Expected): string {
  const parts = Object.entries({ lastError: error, rejected, log }).filter(([, text]) => text !== '');
  return parts.map(([where, text]) => `${where}: "${escaped(text)}"`).join('; ');
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), `|${'---|'.repeat(headings.length)}`, ...rows.map(line)].join('\n');
}

/** What Markdown would take for markup, escaped outside of code. */
function escaped(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  return parts
    .map((part) => (part.startsWith('`') ? part.replaceAll('|', '\\|') : part.replaceAll(/[<*_|]/g, '\\$&')))
    .join('');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join('provider', 'faults', 'README.md'), faultPage());
}
