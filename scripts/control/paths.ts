/** Where the files of a flag repository stand, from the repository's root. */
import { placeOf } from '../../provider/repository/index.js';

/** Paths by what they hold. */
export interface Paths {
  /** The file of a flag. */
  readonly flag: (key: string) => string;
  readonly policy: string;
  readonly retired: string;
}

/** The files of flags among some paths, by key; which keys the policy allows makes no difference here. */
export function flagFilesAmong(paths: readonly string[], root: string): ReadonlyMap<string, string> {
  const folder = root === '' ? '' : `${root}/`;
  return new Map(
    paths.flatMap((path): readonly (readonly [string, string])[] => {
      if (!path.startsWith(folder)) return [];
      const place = placeOf(path.slice(folder.length), () => true);
      return place.kind === 'flag' ? [[place.name, path]] : [];
    }),
  );
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
