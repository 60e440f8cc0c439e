/** The attribute paths that may be kept, as the tree that reading a context follows. */

/** An attribute, or what leads to one. */
export interface AttributeNode {
  /** Whether something reads this very attribute, and not only what is below it. */
  isRead: boolean;
  /** Whether values here and below are kept as keyed hashes only. */
  readonly isHashed: boolean;
  /** By name. */
  readonly children: Map<string, AttributeNode>;
}

/**
 * How many paths are followed: what reading one context may cost has to have a bound, and a context of 2 KiB has a tenth
 * of these attributes.
 */
export const MAX_ATTRIBUTES = 1_000;

/** How deep attributes may be nested; deeper ones are not kept. Flag files themselves are at most twice as deep. */
export const MAX_DEPTH = 16;

/** The first parts of paths that a row has for itself. */
const OWN_NAMES: ReadonlySet<string> = new Set(['targetingKey', '$weight']);

/** Paths as a tree. */
export interface AttributeTree {
  readonly root: AttributeNode;
  /** The paths that are followed, sorted. */
  readonly paths: readonly string[];
  /** How many there were besides, too deep or too many. */
  readonly omitted: number;
}

/** @param hashed the paths whose values, and those of all below them, are kept as keyed hashes only */
export function attributeTree(paths: Iterable<string>, hashed: ReadonlySet<string>): AttributeTree {
  const wanted = [...new Set(paths)].filter((path) => !OWN_NAMES.has(path.split('.', 1)[0] ?? '')).sort();
  const followed = wanted.filter((path) => path.split('.').length <= MAX_DEPTH).slice(0, MAX_ATTRIBUTES);
  const root: AttributeNode = { isRead: false, isHashed: false, children: new Map() };
  for (const path of followed) {
    let node = root;
    let walked = '';
    for (const part of path.split('.')) {
      walked = walked === '' ? part : `${walked}.${part}`;
      const child = node.children.get(part) ?? newNode(node.isHashed || hashed.has(walked));
      node.children.set(part, child);
      node = child;
    }
    node.isRead = true;
  }
  return { root, paths: Object.freeze(followed), omitted: wanted.length - followed.length };
}

function newNode(isHashed: boolean): AttributeNode {
  return { isRead: false, isHashed, children: new Map() };
}
