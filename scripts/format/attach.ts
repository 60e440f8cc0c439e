/** Which item each comment is about. */
import { isAfterBlankLine, type Comment } from './comments.js';
import { isFilled, type CollectionNode, type Item, type Remark } from './node.js';

/** Gives every comment, and every blank line before an item or a comment, to the item or collection that it is about. */
export function attachComments(text: string, root: CollectionNode, comments: readonly Comment[]): void {
  new Attachment(text).within(root, comments);
  addBlankLines(text, root);
}

class Attachment {
  constructor(private readonly text: string) {}

  /** @param comments all that lie in the collection, in order */
  within(collection: CollectionNode, comments: readonly Comment[]): void {
    let index = 0;
    const inside = new Map<Item, Comment[]>();
    for (const comment of comments) {
      const { items } = collection;
      while (index < items.length && (items[index] as Item).end <= comment.offset) index += 1;
      const item = items[index];
      if (item === undefined || comment.offset < item.start) {
        this.between(collection, items[index - 1], item, comment);
      } else {
        inside.set(item, [...(inside.get(item) ?? []), comment]);
      }
    }
    for (const [item, own] of inside) this.inItem(item, own);
  }

  private between(
    collection: CollectionNode,
    before: Item | undefined,
    after: Item | undefined,
    comment: Comment,
  ): void {
    if (!comment.isOwnLine && before !== undefined && this.isSameLine(before.end, comment.offset)) {
      setBeside(innermostLast(before), comment.text);
      return;
    }
    const ended = collection.isFlow ? undefined : endedCollection(before, comment.column, after && collection.column);
    this.push(ended?.ending ?? after?.above ?? collection.ending, comment);
  }

  private inItem(item: Item, comments: readonly Comment[]): void {
    const { value } = item;
    const body = value.kind === 'scalar' ? undefined : value;
    // A comment behind `key:` is about the key; behind a dash, it is about what the dash begins.
    const bodyStart = body === undefined ? Infinity : body.isFlow ? body.start : (body.items[0]?.start ?? body.start);
    const isLabel = (comment: Comment): boolean =>
      comment.offset < bodyStart && (body === undefined || body.isFlow || !comment.isOwnLine);
    for (const comment of comments.filter(isLabel)) {
      if (comment.isOwnLine || (item.key === undefined && body !== undefined)) this.push(item.above, comment);
      else setBeside(item, comment.text);
    }
    if (body !== undefined)
      this.within(
        body,
        comments.filter((comment) => !isLabel(comment)),
      );
  }

  private push(remarks: Remark[], comment: Comment): void {
    if (comment.isOwnLine && isAfterBlankLine(this.text, comment.offset)) remarks.push('');
    remarks.push(comment.text);
  }

  private isSameLine(from: number, to: number): boolean {
    return !this.text.slice(from, to).includes('\n');
  }
}

/** Of an item that spans lines, the last one within it: the one whose line the comment stands in. */
function innermostLast(item: Item): Item {
  let last = item;
  while (isFilled(last.value) && !last.value.isFlow) last = last.value.items.at(-1) as Item;
  return last;
}

/** The innermost block collection, of those that end with an item, which a comment in this column still continues. */
function endedCollection(
  item: Item | undefined,
  column: number,
  floor: number | undefined,
): CollectionNode | undefined {
  let found: CollectionNode | undefined;
  for (
    let last = item;
    last !== undefined && isFilled(last.value) && !last.value.isFlow;
    last = last.value.items.at(-1)
  ) {
    const { column: own } = last.value;
    if (own <= column && (floor === undefined || column > floor)) found = last.value;
  }
  return found;
}

function setBeside(item: Item, comment: Remark): void {
  if (item.beside === undefined) item.beside = comment;
  else item.above.push(comment);
}

function addBlankLines(text: string, { items }: CollectionNode): void {
  for (const item of items) {
    if (isAfterBlankLine(text, item.start)) item.above.push('');
    if (isFilled(item.value)) addBlankLines(text, item.value);
  }
}
