/** A process that is to be killed: serves a repository with a cache and says, a line each, what it serves and has kept. */
import { OpenFeature } from '@openfeature/server-sdk';
import { GuidonProvider } from '../../provider/index.js';
import { COUNTER_FLAG, TWIN_FLAG } from './history.js';

const [url = '', cacheDir = ''] = process.argv.slice(2);
const quiet = (): void => undefined;

async function main(): Promise<void> {
  const logger = { error: console.error, warn: console.error, info: quiet, debug: quiet };
  const provider = new GuidonProvider({ url, ref: 'main', environment: 'production', cacheDir, logger });
  // It goes on trying, and a start with nothing kept and nothing to fetch is an error for a while.
  await OpenFeature.setProviderAndWait(provider).catch(quiet);
  for (let said = ''; ;) {
    const line = describe(provider);
    if (line !== said) process.stdout.write(`${(said = line)}\n`);
    await provider.refresh();
    await new Promise(setImmediate);
  }
}

/** `serving` and the number that the commit holds in two flags, and `persisted` or `volatile`. */
function describe(provider: GuidonProvider): string {
  const snapshot = provider.snapshot();
  const [counter, twin] = [COUNTER_FLAG, TWIN_FLAG].map((key) => JSON.stringify(snapshot.evaluate(key).value));
  if (counter === undefined) return 'nothing';
  if (counter !== twin) return `torn ${counter} ${twin}`;
  const { revision, persisted } = provider.status();
  if (revision !== snapshot.revision) return `torn ${String(revision)} ${snapshot.revision}`;
  return `serving ${counter} ${persisted ? 'persisted' : 'volatile'}`;
}

await main();
