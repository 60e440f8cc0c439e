/** Many requests, few at a time. */

/** GitHub counts requests that run at once, and asks for few. */
const AT_ONCE = 4;

/** Maps items to what `work` makes of them, in the items' order. */
export async function mapInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const run = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, run));
  return items.map((_, index) => results.get(index) as R);
}
