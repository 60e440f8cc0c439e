/** The names of a repository, for the shell to suggest: quick, and silent where there are none. */
import { load, placeOf } from '../provider/repository/index.js';
import type { NameSource } from './suggest.js';
import { openWorkspace } from './workspace.js';

/** The names in the repository that somebody in a folder means. Flag keys come from the paths, whatever the files hold. */
export function namesIn(directory: string): NameSource {
  return async (completion, { repo, path = 'flags' }) => {
    try {
      const workspace = await openWorkspace({ directory, repository: repo, path });
      const tree = await workspace.tree();
      if (completion === 'flags') return tree.entries.flatMap((entry) => keyOf(entry.path, tree.root));
      const result = await load(tree);
      if (!result.ok) return [];
      const { policy } = result.loaded.ruleset.documents;
      return completion === 'owners' ? Object.keys(policy.teams) : policy.environments;
    } catch {
      // Whatever is wrong, the middle of a command line is no place to say so.
      return [];
    }
  };
}

function keyOf(path: string, root: string): readonly string[] {
  const prefix = root === '' ? '' : `${root}/`;
  if (!path.startsWith(prefix)) return [];
  const place = placeOf(path.slice(prefix.length), () => true);
  return place.kind === 'flag' ? [place.name] : [];
}
