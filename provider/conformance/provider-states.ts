/** Providers in each state that the specification names, brought about by what brings it about in production. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProviderEvents } from '@openfeature/server-sdk';
import { GuidonProvider, type DirectoryProviderOptions, type GitProviderOptions } from '../index.js';
import { basic, GitHttpServer } from '../repository/testing/git-http-server.js';
import { TestRepository } from '../repository/testing/repository.js';
import type { World } from './world.js';

/** The specification's flags in our format. */
export const flagsFolder = fileURLToPath(new URL('flags/', import.meta.url));

/** The environment of those flags. */
export const ENVIRONMENT = 'production';

const TOKEN = 'first-token';

/** How to bring an application's provider into a state; it is in it when the promise is fulfilled. */
export const providerStates: Readonly<Record<string, (world: World) => Promise<void>>> = {
  stable: (world) => world.application.start(new GuidonProvider(stableOptions(world))),

  /** The remote has been asked and does not answer. */
  'not ready': async (world) => {
    const { server, provider } = await remoteProvider(world);
    server.behaviour = 'hang';
    const request = server.nextRequest();
    const started = world.application.start(provider).catch(() => undefined);
    world.defer(() => started);
    await request;
  },

  /** The remote is down. */
  error: async (world) => {
    const { server, provider } = await remoteProvider(world);
    server.behaviour = 503;
    await failToStart(world, provider);
  },

  /** An environment that `policy.yaml` does not have: no waiting will mend that. */
  fatal: (world) => failToStart(world, new GuidonProvider({ ...stableOptions(world), environment: 'nowhere' })),

  /** The token is revoked while the provider serves. */
  stale: async (world) => {
    const { revokeToken, provider } = await remoteProvider(world);
    await world.application.start(provider);
    revokeToken();
    await provider.refresh();
    await world.application.heard(ProviderEvents.Stale);
  },
};

/** What a provider needs to serve the specification's flags. */
export function stableOptions({ application }: World): DirectoryProviderOptions {
  return { directory: flagsFolder, environment: ENVIRONMENT, logger: application.logger };
}

async function failToStart({ application }: World, provider: GuidonProvider): Promise<void> {
  const hasStarted = await application.start(provider).then(
    () => true,
    () => false,
  );
  if (hasStarted) throw new Error('the provider has started, which it must not');
}

/** A provider, not started yet, over the same flags on a git server. */
async function remoteProvider(world: World) {
  const repository = await TestRepository.create();
  world.defer(() => repository.dispose());
  await repository.commit(flagFiles());
  let accepted = TOKEN;
  const server = await GitHttpServer.start({
    root: dirname(repository.remoteDir),
    authorize: (header) => header === basic('x-access-token', accepted),
  });
  world.defer(() => server.stop());
  const { logger } = world.application;
  const options: GitProviderOptions = { url: server.url('flags.git'), environment: ENVIRONMENT, auth: TOKEN, logger };
  return {
    server,
    provider: new GuidonProvider(options),
    revokeToken: () => {
      accepted = 'second-token';
    },
  };
}

function flagFiles(): Readonly<Record<string, string>> {
  const names = readdirSync(flagsFolder);
  return Object.fromEntries(names.map((name) => [`flags/${name}`, readFileSync(`${flagsFolder}${name}`, 'utf8')]));
}
