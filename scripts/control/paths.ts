/** Where the files of a flag repository stand, from the repository's root. */

/** Paths by what they hold. */
export interface Paths {
  /** The file of a flag. */
  readonly flag: (key: string) => string;
  readonly policy: string;
  readonly retired: string;
}

/** The paths below a flags folder, which is empty where it is the root itself. */
export function pathsOf(root: string): Paths {
  const folder = root === '' ? '' : `${root}/`;
  return {
    flag: (key) => `${folder}${key.replaceAll('.', '/')}.yaml`,
    policy: `${folder}policy.yaml`,
    retired: `${folder}retired.yaml`,
  };
}
