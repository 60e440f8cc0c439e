/** A flag repository for tests of the provider, and what an application sees of it. */
import { OpenFeature, ProviderEvents, type Client, type EventDetails, type Logger } from '@openfeature/server-sdk';
import type { GuidonProvider } from '../index.js';

/** Files by path from the repository's root, to commit or to write. */
export type Files = Record<string, string>;

const head = (key: string): string => `key: ${key}
type: ops
owner: web-team
riskTier: low
expiresAt: never
description: For tests.
`;

/** A flag's file under `flags/`; `body` follows the governance. */
export function flag(key: string, body = ''): Files {
  return { [`flags/${key.replaceAll('.', '/')}.yaml`]: `${head(key)}${body}` };
}

/** A policy with two environments and one team. */
export const policy: Files = {
  'flags/policy.yaml': `bucketing: flagd-v2
environments: [production, staging]
teams:
  web-team: { codeOwner: "@acme/web" }
`,
};

/** A boolean flag that production serves at a percentage, and staging to all. */
export function rolledOut(key: string, percent: number): Files {
  return flag(
    key,
    `\nenvironments:\n  production:\n    enabled: true\n\n    rollout: ${percent}\n  staging:\n    enabled: true\n\n    rollout: 100\n`,
  );
}

/** An application of its own: a client of a domain, and every event of its provider. */
export class Application {
  readonly events: { readonly type: ProviderEvents; readonly details: EventDetails | undefined }[] = [];
  readonly lines: string[] = [];
  readonly client: Client;
  static #count = 0;
  readonly #domain = `application-${Application.#count++}`;
  readonly #waiting = new Set<() => void>();

  constructor(makeClient = (domain: string): Client => OpenFeature.getClient(domain)) {
    this.client = makeClient(this.#domain);
    for (const type of [
      ProviderEvents.Ready,
      ProviderEvents.Error,
      ProviderEvents.Stale,
      ProviderEvents.ConfigurationChanged,
    ]) {
      this.client.addHandler(type, (details) => {
        this.events.push({ type, details });
        for (const check of this.#waiting) check();
      });
    }
  }

  /** A logger that keeps its lines. */
  get logger(): Logger {
    const keep = (...parts: unknown[]): void => void this.lines.push(parts.join(' '));
    return { error: keep, warn: keep, info: keep, debug: keep };
  }

  start(provider: GuidonProvider): Promise<void> {
    return OpenFeature.setProviderAndWait(this.#domain, provider);
  }

  /** How often an event of the type has come. */
  count(type: ProviderEvents): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** Waits until an event of the type has come `times` times; the test's own time limit bounds it. */
  async heard(type: ProviderEvents, times = 1): Promise<EventDetails | undefined> {
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.count(type) < times) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
    return this.events.filter((event) => event.type === type)[times - 1]?.details;
  }
}
