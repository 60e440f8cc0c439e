/** One start of a provider, in a process of its own: `node --expose-gc start.js URL CACHE_DIR`; prints what it took as JSON. */
import { OpenFeature } from '@openfeature/server-sdk';
import { GuidonProvider } from '../../provider/index.js';
import { heapBytes, measured } from './stopwatch.js';

const [url = '', cacheDir = ''] = process.argv.slice(2);
const quiet = (): void => undefined;
const logger = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const provider = new GuidonProvider({ url, ref: 'main', environment: 'production', cacheDir, logger });
const before = await heapBytes();
const taken = await measured(() => OpenFeature.setProviderAndWait(provider));
const flags = provider.snapshot().keys.length;
const { fromLastKnownGood } = provider.status();
await OpenFeature.close();
const loaded = (await heapBytes()) - before;
provider.snapshot().evaluateAll({ targetingKey: 'u-1' });
const evaluated = (await heapBytes()) - before;
console.log(JSON.stringify({ ...taken, flags, fromLastKnownGood, heap: { loaded, evaluated } }));
