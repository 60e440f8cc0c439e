/** What is compared through OpenFeature's client: each column a client that applications could hold. */
import { OpenFeature, type Client, type Provider } from '@openfeature/server-sdk';
import { join } from 'node:path';
import { getClient, GuidonProvider } from '../../provider/index.js';
import { silentLogger } from './flag-repository.js';
import { benchEnvironment } from './guidon.js';

/** What all columns are asked about. */
export interface ClientSetting {
  /** The root of a flag repository. */
  readonly root: string;
  /** What the flag that is asked for serves. */
  readonly value: boolean | object;
}

/** One column; the first is what the others are held against. */
export interface ClientColumn {
  readonly title: string;
  /** A client that is ready; it is asked for one flag only, and closed with OpenFeature. */
  open(setting: ClientSetting): Promise<Pick<Client, 'getBooleanValue' | 'getObjectValue'>>;
}

/** All columns. A client of another make is one more entry. */
export const clientColumns: readonly ClientColumn[] = [
  { title: 'a constant', open: ({ value }) => clientOf('constant', constantProvider(value)) },
  {
    title: 'Guidon',
    open: ({ root }) => {
      const directory = join(root, 'flags');
      return clientOf('guidon', new GuidonProvider({ directory, environment: benchEnvironment, logger: silentLogger }));
    },
  },
  {
    title: "Guidon's getClient",
    open: async ({ root }) => {
      const directory = join(root, 'flags');
      const provider = new GuidonProvider({ directory, environment: benchEnvironment, logger: silentLogger });
      await OpenFeature.setProviderAndWait('guidon-short', provider);
      return getClient('guidon-short');
    },
  },
];

async function clientOf(domain: string, provider: Provider): Promise<Client> {
  await OpenFeature.setProviderAndWait(domain, provider);
  return OpenFeature.getClient(domain);
}

/** Gives the same result whatever it is asked: what the client itself costs. */
function constantProvider(value: boolean | object): Provider {
  const result = Object.freeze({ value, variant: 'one', reason: 'STATIC', flagMetadata: Object.freeze({}) });
  const resolve = (): Promise<never> => Promise.resolve(result as never);
  return {
    metadata: { name: 'constant' },
    resolveBooleanEvaluation: resolve,
    resolveStringEvaluation: resolve,
    resolveNumberEvaluation: resolve,
    resolveObjectEvaluation: resolve,
  };
}
