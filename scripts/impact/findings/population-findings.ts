/** What a reviewer should know of the contexts as a whole: how many and whose they are, and what was left out of them. */
import { counted } from '../../report.js';
import type { Finding } from '../../control/finding.js';
import { codeSpan, listed } from '../../change/words.js';
import { shareWords, type ObservedChange } from './observed-change.js';
import { percentRange } from '../rendering/figures.js';
import type { FlagImpact, Population, Share } from '../preview.js';

/** In contexts of equal weight; with fewer a share of one half is uncertain by more than three points (Wilson, 95 %). */
const FEW_CONTEXTS = 1_000;

/** Of the rows, by which a file is one of events rather than of users. */
const MANY_REPEATED = 0.5;

/** The findings that are about no flag. */
export function populationFindings(change: ObservedChange): readonly Finding[] {
  const { population, flags } = change;
  return [
    ...emptyFindings(population),
    ...syntheticFindings(population),
    ...hashedFindings(change),
    ...mixedFindings(population),
    ...fewFindings(population, flags),
    ...rowFindings(population),
  ];
}

function emptyFindings({ contexts }: Population): readonly Finding[] {
  if (contexts > 0) return [];
  const message = 'The files have no context: nothing was replayed.';
  const fix = 'Give files with a row for each user; `flagctl contexts describe` shows what a file holds.';
  return [{ code: 'preview-no-contexts', severity: 'warning', message, fix }];
}

function syntheticFindings({ contexts, keys }: Population): readonly Finding[] {
  if (keys.synthetic === 0) return [];
  const who = keys.synthetic === contexts ? 'all' : `${keys.synthetic.toLocaleString('en')} of`;
  return [
    {
      code: 'preview-synthetic-contexts',
      severity: 'warning',
      message: `The population is made up: ${who} ${counted(contexts, 'context')} came from \`flagctl contexts synth\`. The figures are as true as its description.`,
      fix: 'Sample real contexts with `ContextSampler`, and preview with them.',
    },
  ];
}

/** Of targeting keys, and of whatever else the rollouts of the change hash. */
function hashedFindings({ population: { contexts, keys }, changes, attributeOf }: ObservedChange): readonly Finding[] {
  const hashedBy = new Set(changes.flatMap(({ after }) => (after === undefined ? [] : (after.bucketBy ?? []))));
  const others = [...hashedBy].filter((path) => path !== 'targetingKey').flatMap((path) => attributeOf(path) ?? []);
  const counts = [
    ['targeting keys', keys.hashed] as const,
    ...others.map(({ path, hashed }) => [codeSpan(path), hashed] as const),
  ].filter(([, hashed]) => hashed > 0);
  if (counts.length === 0) return [];
  const words = counts.map(([what, hashed]) => `${shareWords(hashed, contexts)} have hashed ${what}`);
  return [
    {
      code: 'preview-hashed-keys',
      severity: 'notice',
      message: `${listed(words)}: rollouts by them are right on the whole, but not user by user.`,
    },
  ];
}

/** Of one user the plain key and its hash are two keys, and nobody can tell that they are one user's. */
function mixedFindings({ keys }: Population): readonly Finding[] {
  if (keys.plain === 0 || keys.hashed === 0) return [];
  const counts = `${keys.plain.toLocaleString('en')} plain and ${keys.hashed.toLocaleString('en')} hashed`;
  return [
    {
      code: 'preview-mixed-keys',
      severity: 'warning',
      message: `The contexts have ${counts} targeting keys: who is there under both counts twice, in the number of users too.`,
      fix: 'Preview with files of one kind of keys: sample with one setting of `keys`, or hash the others with `flagctl contexts redact --hash targetingKey` and the same secret, then merge.',
    },
  ];
}

function fewFindings({ contexts, effectiveContexts }: Population, flags: readonly FlagImpact[]): readonly Finding[] {
  const widest = widestShare(flags);
  const isCensus = widest !== undefined && widest.low === widest.high;
  if (contexts === 0 || effectiveContexts >= FEW_CONTEXTS || isCensus) return [];
  const effective = Math.floor(effectiveContexts);
  const worth = effective === contexts ? '' : `, worth ${effective.toLocaleString('en')} of equal weight`;
  const width = widest === undefined ? '' : ` The widest interval is ${percentRange(widest.low, widest.high)}.`;
  return [
    {
      code: 'preview-few-contexts',
      severity: 'notice',
      message: `There are only ${counted(contexts, 'context')}${worth}: shares are uncertain.${width}`,
      fix: `Preview with ${FEW_CONTEXTS.toLocaleString('en')} contexts or more.`,
    },
  ];
}

function widestShare(flags: readonly FlagImpact[]): Share | undefined {
  let widest: Share | undefined;
  for (const { environments } of flags) {
    for (const { changed } of environments) {
      if (changed === undefined) continue;
      if (widest === undefined || changed.high - changed.low > widest.high - widest.low) widest = changed;
    }
  }
  return widest;
}

function rowFindings({ contexts, repeated, refused }: Population): readonly Finding[] {
  const findings: Finding[] = [];
  if (refused.rows > 0) {
    findings.push({
      code: 'preview-refused-rows',
      severity: 'notice',
      message: `${counted(refused.rows, 'row')} ${refused.rows === 1 ? 'is no context and was' : 'are no contexts and were'} left out.`,
      fix: 'See `flagctl contexts describe` on the files.',
    });
  }
  const rows = contexts + repeated;
  if (repeated > rows * MANY_REPEATED) {
    findings.push({
      code: 'preview-repeated-rows',
      severity: 'notice',
      message: `${repeated.toLocaleString('en')} of ${counted(rows, 'row')} repeat a targeting key and were left out: of each one row counts, the first with the smallest weight.`,
      fix: 'Give one row for each user, or merge the files with `flagctl contexts merge`.',
    });
  }
  return findings;
}
