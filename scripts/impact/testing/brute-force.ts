/** Who gets what before and after, by asking the OpenFeature client: all that a preview should say, the slow way. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  OpenFeature,
  type Client,
  type EvaluationContext,
  type EvaluationDetails,
  type JsonValue,
} from '@openfeature/server-sdk';
import { GuidonProvider } from '../../../provider/index.js';
import type { ValueKind } from '../../../provider/engine/index.js';
import type { Files } from '../../change/testing/sides.js';

/** A side of a change, as an application in each environment sees it. */
export class ServedSide {
  static #count = 0;

  private constructor(
    private readonly clients: ReadonlyMap<string, Client>,
    private readonly providers: readonly GuidonProvider[],
    private readonly dispose: () => Promise<void>,
  ) {}

  /** Over a folder with these files. */
  static async ofFiles(files: Files, environments: readonly string[]): Promise<ServedSide> {
    const folder = await mkdtemp(join(tmpdir(), 'guidon-preview-'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const source = { directory: join(folder, 'flags') };
    return ServedSide.of(source, environments, () => rm(folder, { recursive: true, force: true }));
  }

  /** Over any source. */
  static async of(
    source: { readonly directory: string } | { readonly url: string; readonly ref: string },
    environments: readonly string[],
    dispose: () => Promise<void> = async () => undefined,
  ): Promise<ServedSide> {
    const logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };
    const clients = new Map<string, Client>();
    const providers: GuidonProvider[] = [];
    for (const environment of environments) {
      const domain = `preview-${ServedSide.#count++}`;
      const provider = new GuidonProvider({ ...source, environment, logger });
      providers.push(provider);
      await OpenFeature.setProviderAndWait(domain, provider);
      clients.set(environment, OpenFeature.getClient(domain).setLogger(logger));
    }
    return new ServedSide(clients, providers, dispose);
  }

  /** What an application gets that asks for a flag of this kind. */
  async details(
    environment: string,
    key: string,
    kind: ValueKind,
    context: unknown,
  ): Promise<EvaluationDetails<JsonValue>> {
    const client = this.clients.get(environment);
    if (client === undefined) throw new Error(`no application runs in ${environment}`);
    const given = context as EvaluationContext;
    switch (kind) {
      case 'boolean':
        return client.getBooleanDetails(key, false, given);
      case 'string':
        return client.getStringDetails(key, "the caller's", given);
      case 'number':
        return client.getNumberDetails(key, -1, given);
      case 'object':
        return client.getObjectDetails(key, { callers: true }, given);
    }
  }

  /** Ends the providers. */
  async close(): Promise<void> {
    await Promise.all(this.providers.map((provider) => provider.onClose()));
    await this.dispose();
  }
}

function ignore(): void {
  // What a provider logs is not what these tests are about.
}
