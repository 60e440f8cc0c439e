/** Faults of what the application is given to configure: URLs and refs that are commands. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.js';
import type { Options, Stage } from './stage.js';

/** Starts with options that would make a file, if anything in them were run. */
const start =
  (optionsOf: (evidence: string) => Options) =>
  async (stage: Stage): Promise<void> => {
    const evidence = join(stage.folder, 'evidence');
    await stage.publish('first');
    await stage.start(optionsOf(evidence));
    const isThere = await access(evidence).then(
      () => true,
      () => false,
    );
    if (isThere) throw new Error('something was run');
  };

const fatal = (error: string): Fault['sees'] => ({ status: 'FATAL', events: ['ERROR'], serves: 'nothing', error });
const isFinal = 'It is a mistake in the application, refused before any process is started.';

/** The rows of this theme. */
export const configurationFaults: readonly Fault[] = [
  {
    number: 47,
    name: 'The URL names a transport that runs a command',
    over: ['file'],
    scene: start((evidence) => ({ url: `ext::sh -c touch% ${evidence}` })),
    sees: fatal('it names a remote helper, which may run commands'),
    isFinal,
  },
  {
    number: 47,
    name: 'The URL is an option of git',
    over: ['file'],
    scene: start((evidence) => ({ url: `--upload-pack=touch ${evidence}` })),
    sees: fatal('it begins with a hyphen, like an option'),
    isFinal,
  },
  {
    number: 47,
    name: 'The host of the URL is an option of ssh',
    over: ['file'],
    scene: start((evidence) => ({ url: `ssh://-oProxyCommand=touch%20${evidence}/flags.git` })),
    sees: fatal('is refused: write ssh://user@host:port/path'),
    isFinal,
  },
  {
    number: 47,
    name: 'The ref is an option of git',
    over: ['file', 'http'],
    scene: start((evidence) => ({ ref: `--upload-pack=touch ${evidence}` })),
    sees: fatal('it begins with a hyphen, like an option'),
    isFinal,
  },
  {
    number: 47,
    name: 'The folder leads out of the repository',
    over: ['file', 'http'],
    scene: start(() => ({ path: '../../etc' })),
    sees: fatal("give a path from the repository's root"),
    isFinal,
  },
];
