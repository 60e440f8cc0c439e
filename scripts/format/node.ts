/** A YAML file as the formatter sees it: values, and the comments and blank lines that belong to them. */

/** A line of its own beside the values: a comment from its `#` on, or empty for a blank line. */
export type Remark = string;

/** A value of a document. */
export type Node = ScalarNode | CollectionNode;

/** A value that is no collection. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it is written; what a number keeps, since `2.50` and `2.5` are one value but two texts. */
  readonly source: string;
  readonly start: number;
  /** Exclusive, and before any white space. */
  readonly end: number;
}

/** A mapping or a list. */
export interface CollectionNode {
  readonly kind: 'mapping' | 'list';
  readonly items: readonly Item[];
  /** What follows the last item and still belongs to the collection. */
  readonly ending: Remark[];
  /** Whether it is written with brackets. */
  readonly isFlow: boolean;
  /** Where its items begin in their lines, from 0. */
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** A pair of a mapping, or an entry of a list. */
export interface Item {
  /** Undefined in a list. */
  readonly key: string | undefined;
  readonly value: Node;
  /** What stands on the lines before it. */
  readonly above: Remark[];
  /** The comment at the end of its first line. */
  beside: Remark | undefined;
  readonly start: number;
  /** Where its key ends, or its dash; in a flow list, its value. */
  readonly labelEnd: number;
  readonly end: number;
}

/** A collection that is not empty. */
export type FilledCollection = CollectionNode & { readonly items: readonly [Item, ...Item[]] };

/** Whether a node is a collection with something in it. */
export function isFilled(node: Node): node is FilledCollection {
  return node.kind !== 'scalar' && node.items.length > 0;
}

/** Whether remarks hold more than blank lines. */
export function hasComment(remarks: readonly Remark[]): boolean {
  return remarks.some((remark) => remark !== '');
}
