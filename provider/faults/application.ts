/** An application as its owner sees it: the client's status, its events in order, a value, the status and the log. */
import type { ResolutionDetails } from '@openfeature/server-sdk';
import { ProviderEvents } from '@openfeature/server-sdk';
import { GuidonProvider, type GuidonProviderOptions, type ProviderStatus as GuidonStatus } from '../index.js';
import { Application } from '../testing/flag-files.js';

/** The one flag that every scene asks for: a string, which names the revision that it is of. */
export const KEY = 'web.cart.banner';
/** What the application's code answers with where no flag does. */
export const CODE_DEFAULT = 'default of the code';

/** An event, as its name has it after `PROVIDER_`. */
export type EventName = 'READY' | 'ERROR' | 'STALE' | 'CHANGED';

/** What is seen at one moment. */
export interface Sight {
  /** The client's. */
  readonly providerStatus: string;
  /** Since the application started. */
  readonly events: readonly EventName[];
  /** What each `CHANGED` told. */
  readonly changes: readonly { readonly revision: string; readonly keys: readonly string[] }[];
  readonly details: ResolutionDetails<string>;
  readonly status: GuidonStatus;
  /** Of the log. */
  readonly lines: readonly string[];
}

/** An application that is watched. */
export interface WatchedApplication {
  /** Resolves when the provider's start has ended, however it did. */
  readonly started: Promise<void>;
  look(): Promise<Sight>;
  /** Polls, and looks at once: no timer runs in between. */
  refresh(): Promise<Sight>;
  /** Waits until an event has come so often. */
  heard(event: EventName, times?: number): Promise<void>;
  /** Waits until a look shows that what serves is on disk. */
  persisted(): Promise<void>;
  /** Ends the provider, and looks. */
  close(): Promise<Sight>;
}

const types: Readonly<Record<EventName, ProviderEvents>> = {
  READY: ProviderEvents.Ready,
  ERROR: ProviderEvents.Error,
  STALE: ProviderEvents.Stale,
  CHANGED: ProviderEvents.ConfigurationChanged,
};

/** One in this process. */
export class LocalApplication implements WatchedApplication {
  readonly provider: GuidonProvider;
  readonly started: Promise<void>;
  readonly #application = new Application();

  constructor(options: GuidonProviderOptions) {
    this.provider = new GuidonProvider({ ...options, logger: this.#application.logger });
    this.started = this.#application.start(this.provider).catch(() => undefined);
  }

  async look(): Promise<Sight> {
    const { client, events, lines } = this.#application;
    const details = await client.getStringDetails(KEY, CODE_DEFAULT, { targetingKey: 'u-1' });
    return structuredClone({
      providerStatus: client.providerStatus,
      events: events.map(({ type }) => nameOf(type)),
      changes: events
        .filter(({ type }) => type === ProviderEvents.ConfigurationChanged)
        .map(({ details }) => ({
          revision: String(details?.metadata?.['revision']),
          keys: (details?.flagsChanged ?? []) as readonly string[],
        })),
      details,
      status: this.provider.status(),
      lines,
    });
  }

  async refresh(): Promise<Sight> {
    await this.provider.refresh();
    return this.look();
  }

  async heard(event: EventName, times = 1): Promise<void> {
    await this.#application.heard(types[event], times);
  }

  async persisted(): Promise<void> {
    while (!this.provider.status().persisted) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async close(): Promise<Sight> {
    await this.provider.onClose();
    return this.look();
  }
}

function nameOf(type: ProviderEvents): EventName {
  const [name] = Object.entries(types).find(([, candidate]) => candidate === type) ?? [];
  return name as EventName;
}
