/** The client's door. */
import { OpenFeature } from '@openfeature/server-sdk';
import { hasKnownHooksOnly } from './known-sdk.js';
import { ShortPathClient } from './short-path-client.js';

/**
 * Takes the place of `OpenFeature.getClient`, with its arguments: a client that says and does what the SDK's own does,
 * and spares most of its cost while no hook but samplers is registered and the domain's provider is a `GuidonProvider`.
 */
export const getClient: (typeof OpenFeature)['getClient'] = (...args: readonly unknown[]) => {
  const standard = (OpenFeature.getClient as (...args: readonly unknown[]) => ReturnType<typeof getClient>).apply(
    OpenFeature,
    [...args],
  );
  if (!hasKnownHooksOnly(OpenFeature, standard)) return standard;
  return new ShortPathClient(standard, typeof args[0] === 'string' ? args[0] : undefined);
};
