/**
 * One measured side of the preview in a process of its own, so that its memory is its own.
 * `process.js command REPOSITORY CONTEXTS`: the whole of `flagctl preview`; `process.js loop …`: what one would write by hand.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { canonical, type EvaluationContext, type Ruleset } from '../../../provider/engine/index.js';
import { findRepository, load, readTree, resolveRevision } from '../../../provider/repository/index.js';
import { run } from '../../run.js';

/** What a side prints. */
export interface SideOutput {
  /** Users who change in production. */
  readonly changed: number;
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  /** The most memory that the process had at once. */
  readonly megabytes: number;
}

const [kind = '', repository = '', contexts = ''] = process.argv.slice(2);
const started = performance.now();
const changed = kind === 'command' ? await byCommand() : await byLoop();
const { user, system } = process.cpuUsage();
const output: SideOutput = {
  changed,
  milliseconds: performance.now() - started,
  cpuMilliseconds: (user + system) / 1_000,
  megabytes: process.resourceUsage().maxRSS / 1_024,
};
process.stdout.write(JSON.stringify(output));

async function byCommand(): Promise<number> {
  let [text, errors] = ['', ''];
  const words = [
    'preview',
    '--base',
    'HEAD~1',
    '--head',
    'HEAD',
    '--contexts',
    contexts,
    '--json',
    '--repo',
    repository,
  ];
  const code = await run(words, {
    directory: repository,
    environment: {},
    input: process.stdin,
    output: { write: (part) => (text += part) },
    errors: { write: (part) => (errors += part) },
    now: () => new Date(),
  });
  if (code !== 0) throw new Error(`flagctl preview ended with ${code}: ${errors}${text}`);
  const { environments } = JSON.parse(text) as {
    readonly environments: readonly { readonly environment: string; readonly changed: { readonly contexts: number } }[];
  };
  return environments.find(({ environment }) => environment === 'production')?.changed.contexts ?? 0;
}

/** One thread, line by line: every flag of the change in every environment before and after, and the values compared. */
async function byLoop(): Promise<number> {
  const [before, after] = await Promise.all(['HEAD~1', 'HEAD'].map(rulesetAt));
  if (before === undefined || after === undefined) throw new Error('there are no rulesets');
  const keys = after.snapshot('production').keys.filter((key) => key.startsWith('team-0.bench.'));
  const pairs = ['production', 'staging'].map((name) => [before.snapshot(name), after.snapshot(name)] as const);
  const changedIn = pairs.map(() => 0);
  for await (const line of createInterface({
    input: createReadStream(contexts),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const context = JSON.parse(line) as EvaluationContext;
    for (const [index, [old, now]] of pairs.entries()) {
      let isChanged = false;
      for (const key of keys) {
        const [was, is] = [old.evaluate(key, context).value, now.evaluate(key, context).value];
        if (was !== is && canonical(was) !== canonical(is)) isChanged = true;
      }
      if (isChanged) changedIn[index] = (changedIn[index] ?? 0) + 1;
    }
  }
  return changedIn[0] ?? 0;
}

async function rulesetAt(revision: string): Promise<Ruleset> {
  const found = await findRepository(repository);
  const commit = found && (await resolveRevision(found, revision));
  if (found === undefined || commit === undefined) throw new Error(`there is no ${revision} in ${repository}`);
  const result = await load(await readTree(found, commit, 'flags'));
  if (!result.ok) throw new Error('the flags do not load');
  return result.loaded.ruleset;
}
