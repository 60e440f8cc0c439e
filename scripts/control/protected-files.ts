/** The files that decide how much control a change gets, or who gives it: to change one needs the highest tier. */
import { compilePathPattern, pathMatcher, type PathPattern } from '../../provider/repository/index.js';

/** Patterns of CODEOWNERS, folders without a slash behind them, for a link may take the place of one; letter case makes no difference here, for some file systems make none either. */
const ALWAYS: readonly string[] = [
  // Who owns what, and what the host and the tools run.
  'CODEOWNERS',
  '/.github',
  '/.gitlab',
  '/.gitlab-ci.yml',
  '/.ci',
  '/schema',
  // The tools, where they are in the same repository, and what brings them where they are not.
  '/provider',
  '/scripts',
  'node_modules',
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'bun.lock',
  'bun.lockb',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.yarn',
  '.pnpmfile.cjs',
  '.pnpmfile.mjs',
  'bunfig.toml',
  '.tool-versions',
  'mise.toml',
  '.mise.toml',
  '.node-version',
  '.nvmrc',
  'tsconfig*.json',
  // What git itself makes of files, of other repositories, and of names.
  '.gitattributes',
  '.gitmodules',
  '.mailmap',
];

/** Tells which files are protected. */
export class ProtectedFiles {
  readonly #own: ReadonlySet<string>;
  readonly #patterns: readonly PathPattern[];

  /** @param flags the flags folder from the repository's root; @param added patterns of the base's policy, valid */
  constructor(
    readonly flags: string,
    added: readonly string[] = [],
  ) {
    const folder = flags === '' ? '' : `/${flags}`;
    // Spaces and wildcards in the flags folder's name would make a pattern of it.
    this.#own = new Set(['policy.yaml', 'retired.yaml'].map((name) => `${folder}/${name}`.slice(1).toLowerCase()));
    this.#patterns = [...ALWAYS, ...added].map((pattern) => compilePathPattern(pattern.toLowerCase()));
  }

  /** Whether a path is one of them, or below the flags folder: what a change of flags consists of. */
  isControlled(path: string): boolean {
    return this.flags === '' || path.toLowerCase().startsWith(`${this.flags.toLowerCase()}/`) || this.has(path);
  }

  /** Whether a path (from the repository's root, with slashes) is one of them. */
  has(path: string): boolean {
    const folded = path.toLowerCase();
    return this.#own.has(folded) || this.#patterns.some(pathMatcher(folded));
  }
}
