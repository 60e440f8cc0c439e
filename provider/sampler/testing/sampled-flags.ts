/** A provider on a real folder of flags, for tests of the sampler. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { GuidonProvider } from '../../index.js';
import { flag, policy, type Files } from '../../testing/flag-files.js';

const nothing = (): void => undefined;

/** Says nothing. */
export const quiet = { error: nothing, warn: nothing, info: nothing, debug: nothing };

/** An empty folder of the test's own. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guidon-sampler-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A provider, and what changes its flags. */
export interface SampledFlags {
  readonly provider: GuidonProvider;
  /** Writes files, and waits until the provider serves them. */
  readonly change: (files: Files) => Promise<void>;
}

/** Starts a provider of some files besides a policy; it ends with the test. */
export async function sampledFlags(files: Files): Promise<SampledFlags> {
  const root = await emptyFolder();
  const write = async (written: Files): Promise<void> => {
    for (const [path, text] of Object.entries(written)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  };
  await write({ ...policy, ...files });
  const provider = new GuidonProvider({ directory: join(root, 'flags'), environment: 'production', logger: quiet });
  await provider.initialize();
  onTestFinished(() => provider.onClose());
  return {
    provider,
    change: async (changed) => {
      await write(changed);
      await provider.refresh();
    },
  };
}

/** A segment's file. */
export function segment(name: string, when: string): Files {
  return { [`flags/segments/${name}.yaml`]: `owner: web-team\ndescription: For tests.\nwhen: ${when}\n` };
}

/** A boolean flag with one rule in production. */
export function ruled(key: string, when: string, governance = ''): Files {
  const rules = `      - { name: one, when: ${when}, serve: true }\n`;
  return flag(key, `${governance}\nenvironments:\n  production:\n    enabled: true\n\n    rules:\n${rules}`);
}

/** Boolean flags that are on for half of all. */
export function halves(...keys: readonly string[]): Files {
  const body = '\nenvironments:\n  production:\n    enabled: true\n\n    rollout: 50\n';
  return Object.assign({}, ...keys.map((key) => flag(key, body))) as Files;
}
