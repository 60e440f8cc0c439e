/** An item before it is said of which environments it holds. */
import type { ChangeItem } from './change.js';

/** A {@link ChangeItem} without its environment. */
export type ItemDraft = Omit<ChangeItem, 'environment'>;

/** Items of one environment; undefined stands for every one. */
export function itemsIn(environment: string | undefined, drafts: readonly ItemDraft[]): readonly ChangeItem[] {
  return drafts.map((draft) => ({ environment, ...draft }));
}
