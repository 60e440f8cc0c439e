/** Whom the contexts of a replay stand for. */
import { percentWord } from '../../change/words.js';
import { UsageError } from '../../errors.js';
import { counted } from '../../report.js';
import type { Replayed } from '../replay/dispatch.js';
import { effectiveSize, type Universe } from './interval.js';
import type { Population } from '../preview.js';
import { sumsAt } from '../replay/sums.js';
import type { Tally } from '../replay/tally.js';

/** Refused rows that are never too many: a file with a heading and a few broken rows has to be seen, not sent back. */
const FEW_ROWS = 20;

/** A population, and what its shares are shares of. */
export interface ReplayedPopulation {
  readonly population: Population;
  readonly universe: Universe;
}

/** @param given how many users there are, where somebody says. @throws UsageError where the rows are no use */
export function populationOf(
  replayed: Replayed,
  tally: Tally,
  given: number | undefined,
  maxRefused: number,
): ReplayedPopulation {
  const all = sumsAt(tally.all, 0);
  requireRows(replayed, all.contexts, maxRefused);
  const [plain = 0, hashed = 0, synthetic = 0, missing = 0] = tally.keys;
  const users = given ?? (tally.weighted > 0 ? all.weight : undefined);
  const population: Population = {
    files: replayed.files,
    contexts: all.contexts,
    repeated: replayed.repeated,
    refused: replayed.refused,
    keys: { plain, hashed, synthetic, missing },
    users,
    usersFrom: given !== undefined ? 'given' : tally.weighted > 0 ? 'weights' : 'unknown',
    effectiveContexts: effectiveSize(all),
  };
  // A row that stands for others as well says that not everybody is there.
  const isUnweighted = all.weight === all.contexts && all.squares === all.contexts;
  return {
    population,
    universe: {
      users,
      isCensus: given !== undefined && given <= all.contexts && plain === all.contexts && isUnweighted,
      // A made-up population has as many users as its description says.
      isEstimated: population.usersFrom === 'weights' && synthetic < all.contexts,
      isRehashed: hashed > 0,
    },
  };
}

/** @throws UsageError */
function requireRows({ files, refused }: Replayed, contexts: number, maxRefused: number): void {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const isTooMany = refused.rows > FEW_ROWS && refused.rows > rows * maxRefused;
  if (contexts > 0 && !isTooMany) return;
  if (refused.rows === 0) {
    throw new UsageError(`${files.map(({ name }) => name).join(', ')}: no contexts; each row is one, a JSON object`);
  }
  const share =
    contexts === 0
      ? `none of ${counted(refused.rows, 'row')} is a context`
      : `${refused.rows} of ${counted(rows, 'row')} are no contexts, more than the ${percentWord(Number((maxRefused * 100).toPrecision(3)))} that may be (--max-refused)`;
  const examples = refused.examples.map(({ file, row, message }) => `  ${file}:${row}: ${message}`);
  const rest = refused.rows - examples.length;
  throw new UsageError(
    [
      `${share}:`,
      ...examples,
      ...(rest > 0 ? [`  and ${rest} more`] : []),
      'each row is a context: a JSON object with its attributes at the top, such as {"targetingKey":"u-1","country":"DE"}',
    ].join('\n'),
  );
}
