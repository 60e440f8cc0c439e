/** What the checks of a repository are given: everything that could be read, and where it stands. */
import type { CaseDocument, Documents, PolicyDocument, Stored } from '../../engine/index.js';

/** A repository as far as it could be read, for checking. */
export interface CheckedRepository {
  /** The documents that the schema admitted; `policy` is missing where its file is missing or refused. */
  readonly documents: Omit<Documents, 'policy'> & { readonly policy: PolicyDocument | undefined };
  /** By the key of their flag. */
  readonly cases: ReadonlyMap<string, Stored<readonly CaseDocument[]>>;
  /** The names of everything that has a file, readable or not, so that one broken file is one problem. */
  readonly names: {
    readonly flags: ReadonlySet<string>;
    readonly segments: ReadonlySet<string>;
    readonly guardrails: ReadonlySet<string>;
  };
  /** Where things stand, from the repository's root. */
  readonly fileOf: FileNames;
}

/** The paths of documents. */
export interface FileNames {
  flag(key: string): string;
  cases(key: string): string;
  segment(name: string): string;
  guardrail(name: string): string;
  readonly policy: string;
  readonly retired: string;
}

/** The layout under a flags folder; `root` is empty or has no slash at its end. */
export function fileNames(root: string): FileNames {
  const at = (path: string): string => (root === '' ? path : `${root}/${path}`);
  return {
    flag: (key) => at(`${key.replaceAll('.', '/')}.yaml`),
    cases: (key) => at(`${key.replaceAll('.', '/')}.cases.yaml`),
    segment: (name) => at(`segments/${name}.yaml`),
    guardrail: (name) => at(`guardrails/${name}.yaml`),
    policy: at('policy.yaml'),
    retired: at('retired.yaml'),
  };
}
