/** Whom a change moved, as its record has it, in words. */
import { movedBy, type Impact } from '../evidence/impact.js';
import { usersWord } from '../impact/rendering/figures.js';
import { shareWord } from '../impact/rendering/headline.js';

/** `3.7 % (3.6–3.8 %) of users in production, 37,104 users`, for each environment; undefined where nobody measured. */
export function movedWords(impact: Impact | undefined): string | undefined {
  const moved = movedBy(impact);
  if (impact === undefined || moved.length === 0) return undefined;
  const made = (impact['synthetic'] ?? 0) > 0 ? ' of a made-up population' : '';
  return moved
    .map(({ environment, share }) => {
      const count = share.users === undefined ? '' : ` (${usersWord(share.users.count)})`;
      return `${shareWord(share)} of users${made} in ${environment}${count}`;
    })
    .join('; ');
}
