/** Where the files of a flag repository stand, from the repository's root. */
import { namingOf, placeOf } from '../../provider/repository/index.js';

/** Paths by what they hold. */
export interface Paths {
  /** The file of a flag. */
  readonly flag: (key: string) => string;
  /** Whether a file decides what flags serve, and nothing else: a flag's or a segment's, and its cases. */
  readonly isServing: (path: string) => boolean;
}

/** The paths below a flags folder, which is empty where it is the root itself. */
export function pathsOf(root: string, pattern?: string): Paths {
  const folder = root === '' ? '' : `${root}/`;
  const naming = namingOf(pattern);
  return {
    flag: (key) => `${folder}${key.replaceAll('.', '/')}.yaml`,
    isServing: (path) => {
      if (!path.startsWith(folder)) return false;
      return ['flag', 'segment', 'cases'].includes(placeOf(path.slice(folder.length), naming).kind);
    },
  };
}
