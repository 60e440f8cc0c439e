import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bundle } from '../../repository/testing/bundle.js';
import { LastKnownGood } from '../last-known-good.js';

const identity = { source: '/flags', ref: 'HEAD', path: 'flags', environment: 'production' };
/** Kills in the test of random ones; a longer run sets more. */
const KILLS = Number(process.env['GUIDON_KILLS'] ?? 100);
const PERSISTS = 200;

/** What every child does first. The text makes a file of some writes, as a real one is. */
const PRELUDE = `
  const [folder, identity, name, first] = args;
  const store = new module.LastKnownGood(folder, identity);
  const ruleset = (number) => ({
    repository: 'flags', revision: name + ' ' + number, root: '', checkedBy: '', labels: {},
    documents: [{ path: 'policy.yaml', id: '', json: JSON.stringify({ text: String(number % 10).repeat(300_000) }) }],
  });
  const persist = (number) => store.persist(ruleset(number), Date.now());
  const tell = (line) => require('node:fs').writeSync(1, line + '\\n');
`;

let base: string;
let folder: string;
let bundle: Bundle;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'guidon-test-'));
  bundle = await Bundle.of(join(import.meta.dirname, '../last-known-good.ts'), join(base, 'built'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(base, 'cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => rm(base, { recursive: true, force: true }));

const start = (body: string, name = 'r', first = 1) => bundle.start(PRELUDE + body, folder, identity, name, first);

/** The lines that a process prints until it ends, and how it ended. */
async function linesOf(child: ChildProcessWithoutNullStreams, heard: (line: string) => void = () => undefined) {
  const lines: string[] = [];
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    heard(line);
  });
  await once(child, 'close');
  return { lines, errors: errors.join(''), signal: child.signalCode };
}

/** What a new process would serve. */
async function restored(): Promise<{ number: number; refusals: readonly string[] }> {
  const { found, refusals } = await new LastKnownGood(folder, identity).restore();
  return { number: Number(found?.content.revision.split(' ')[1] ?? 0), refusals };
}

const files = async () => (await readdir(folder, { recursive: true })).filter((path) => path.includes('/'));

describe('two processes that persist into one folder', () => {
  const writer = `
    for (let number = 1; number <= ${PERSISTS}; number++) await persist(number);
    tell('done');
  `;
  const reader = `
    let isOver = false;
    process.stdin.on('end', () => { isOver = true; }).resume();
    while (!isOver) {
      const { found, refusals } = await store.restore();
      if (refusals.length > 0) tell(JSON.stringify({ refusals }));
      if (found) tell(JSON.stringify({ revision: found.content.revision, atMs: found.content.labels.fetchedAtMs }));
      else tell('null');
    }
  `;

  it('never show a third one a file that it refuses, nor an older ruleset after a newer one', async () => {
    const reading = start(reader);
    const seen = linesOf(reading);
    const written = await Promise.all(['a', 'b'].map((name) => linesOf(start(writer, name))));
    reading.stdin.end();
    for (const { lines, errors } of written) expect({ lines, errors }).toEqual({ lines: ['done'], errors: '' });
    const { lines, errors } = await seen;
    expect(errors).toBe('');
    const found = lines.map((line) => JSON.parse(line) as { revision: string; atMs: number } | null);
    const firstFound = found.findIndex((one) => one !== null);
    const rulesets = found.slice(firstFound) as { revision: string; atMs: number }[];
    expect(new Set(rulesets.map(({ revision }) => revision)).size).toBeGreaterThan(20);
    const latest = new Map<string, number>();
    let latestAtMs = 0;
    for (const { revision, atMs } of rulesets) {
      const [name = '', number] = revision.split(' ');
      expect(Number(number)).toBeGreaterThanOrEqual(latest.get(name) ?? 0);
      expect(atMs).toBeGreaterThanOrEqual(latestAtMs);
      latest.set(name, Number(number));
      latestAtMs = atMs;
    }
    expect([...latest.keys()].sort()).toEqual(['a', 'b']);
    expect((await restored()).number).toBe(PERSISTS);
    expect((await files()).length).toBeLessThanOrEqual(3);
  });
});

describe('a process that is killed while it persists', () => {
  const endless = `for (let number = first; ; number++) { await persist(number); tell(String(number)); }`;

  it(`leaves what it acknowledged last, or something newer: ${KILLS} kills`, { timeout: 600_000 }, async () => {
    let acknowledged = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start(endless, 'r', acknowledged + 1);
      const afterAcknowledgements = 1 + (kill % 3);
      // A persist takes some milliseconds.
      const delayMs = Math.random() * 8;
      const { lines, errors, signal } = await linesOf(child, (line) => {
        if (Number(line) >= acknowledged + afterAcknowledgements) setTimeout(() => child.kill('SIGKILL'), delayMs);
      });
      expect({ errors, signal }).toEqual({ errors: '', signal: 'SIGKILL' });
      const last = Number(lines.at(-1));
      const { number, refusals } = await restored();
      expect(refusals).toEqual([]);
      expect([last, last + 1]).toContain(number);
      acknowledged = number;
    }
  });
});

/** Whether strace is here and may look at other processes. */
const canTrace = await new Promise<boolean>((resolve) => {
  const probe = spawn('strace', ['-f', '-qq', 'true'], { stdio: 'ignore' });
  probe.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0));
});

describe.skipIf(!canTrace)('as strace sees it, which must be installed', () => {
  // A minute apart, so that exactly one has to go.
  const traced = `
    const persistAt = (number) => store.persist(ruleset(number), 60_000 * number);
    await persistAt(1);
    await persistAt(2);
    tell('ready');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    await persistAt(3);
    tell('persisted');
    process.exit();
  `;

  /** Lets a child persist a third time below strace. With one thread for files, the n-th call is the same each time. */
  async function trace(...options: readonly string[]) {
    const log = join(base, 'trace');
    process.env['UV_THREADPOOL_SIZE'] = '1';
    const child = start(traced);
    delete process.env['UV_THREADPOOL_SIZE'];
    let isTraceWritten: Promise<unknown> | undefined;
    const { lines, errors } = await linesOf(child, (line) => {
      if (line !== 'ready') return;
      const strace = spawn('strace', ['-f', '-y', '-o', log, '-p', String(child.pid), ...options]);
      isTraceWritten = once(strace, 'close');
      strace.stdout.resume();
      strace.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('attached')) child.stdin.write('go');
      });
    });
    await isTraceWritten;
    expect(errors).toBe('');
    return { isPersisted: lines.includes('persisted'), log: await readFile(log, 'utf8') };
  }

  it('the file, its name and the folder are durable before it resolves, and only then older ones go', async () => {
    const { isPersisted, log } = await trace('-e', 'trace=fsync,rename,unlink,write');
    expect(isPersisted).toBe(true);
    const steps = log.split('\n').flatMap((line) => {
      const step = /(fsync\(.*\.tmp>|rename\(.*\.bundle"|fsync\(.*\.lkg>|unlink\(.*\.bundle"|write\(1.*persisted)/.exec(
        line,
      );
      return step === null ? [] : [step[0].replace(/\(.*\.|\(1.*"/, ' ').replace(/[>"]/, '')];
    });
    expect(steps).toEqual(['fsync tmp', 'rename bundle', 'fsync lkg', 'unlink bundle', 'write persisted']);
  });

  it('a kill at each of its calls leaves the old or the new ruleset', { timeout: 300_000 }, async () => {
    const calls = 'mkdir,openat,getdents64,write,fsync,rename,unlink';
    const numbers: number[] = [];
    for (let call = 1; ; call++) {
      const { isPersisted } = await trace('-e', `trace=${calls}`, '-e', `inject=${calls}:signal=KILL:when=${call}`);
      const { number, refusals } = await restored();
      expect(refusals).toEqual([]);
      if (isPersisted) break;
      numbers.push(number);
      await rm(folder, { recursive: true });
    }
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect([...new Set(numbers)]).toEqual([2, 3]);
    expect(numbers.length).toBeGreaterThan(10);
  });
});
