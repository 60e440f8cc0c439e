/** What all effects of a change of one flag come to. */
import type { FlagChange } from '../../change/change.js';

/** Whether the change of this flag is a proved reduction: it reduces somebody, and moves nobody otherwise. */
export function isReduction({ effects }: FlagChange): boolean {
  return (
    effects.some(({ direction }) => direction === 'reducing') && effects.every(({ direction }) => direction !== 'other')
  );
}

/** Whether only comments or the layout of a flag's file changed. */
export function isLayoutOnly({ status, items, effects }: FlagChange): boolean {
  return status === 'changed' && items.length === 0 && effects.every(({ direction }) => direction === 'same');
}
