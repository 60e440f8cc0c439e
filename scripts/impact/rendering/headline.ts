/** The one sentence of a preview: how many users get something else, how sure that is, and what it is a sentence about. */
import { listed, word } from '../../change/words.js';
import { counted } from '../../report.js';
import { exactWord, percentAtMost, percentRange, percentWord, usersAtMost, usersRange, usersWord } from './figures.js';
import type { EnvironmentImpact, Population, Preview, Share } from '../preview.js';

/** An environment and who changes there, where contexts were replayed. */
interface Changed {
  readonly environment: string;
  readonly changed: Share;
}

/** The headline, without a full stop. Names are as `words.ts` spells them: in code spans where they are no plain words. */
export function headlineOf(preview: Preview): string {
  const { population, flags, environments } = preview;
  if (flags.length === 0) return 'No flag changes';
  if (environments.length === 0) return 'Nobody gets something else: the rules prove it for every flag of the change';
  if (population === undefined) return estimateHeadline(preview);
  const [main] = byImportance(environments);
  if (main === undefined) return 'No flag changes';
  if (main.changed.contexts > 0) return `${somebody(main.changed, population)} in ${word(main.environment)}`;
  return nobody(
    environments.map(({ environment }) => environment),
    main.changed,
    population,
  );
}

/** The other environments, in which somebody may get something else, too: `staging: ≈ 31 % of users (30–32 %)`. */
export function elsewhereOf({ population, environments }: Preview): readonly string[] {
  if (population === undefined) return [];
  const [main, ...others] = byImportance(environments);
  if (main === undefined || main.changed.contexts === 0) return [];
  return others.map(({ environment, changed }) => {
    const whom = changed.contexts === 0 ? `nobody${bound(changed, population)}` : amount(changed, population);
    return `${word(environment)}: ${whom}`;
  });
}

/** Whether a share is no estimate: all users that it is about were replayed. */
export function isExact({ low, high }: Share): boolean {
  return low === high;
}

/** `3.7 % (3.6–3.8 %)`, or `3.7 %` where it is exact. */
export function shareWord(share: Share): string {
  if (isExact(share)) return percentWord(share.share);
  if (share.contexts === 0) return `0 (at most ${percentAtMost(share.high)})`;
  return `${percentWord(share.share)} (${percentRange(share.low, share.high)})`;
}

/** `4.2 M (4.1–4.3 M), 3.7 % (3.6–3.8 %)`; without the users where nobody knows how many there are. */
export function peopleWord(share: Share): string {
  const { users } = share;
  if (users === undefined || share.contexts === 0) return shareWord(share);
  const range = isExact(share) ? '' : ` (${usersRange(users.low, users.high)})`;
  return `${countWord(share)}${range}, ${shareWord(share)}`;
}

/** How many users a share is: every digit of what is exact; `<1` of few who are rounded to nobody. */
export function countWord(share: Share): string {
  const count = share.users?.count ?? 0;
  if (count === 0 && share.contexts > 0) return '<1';
  return isExact(share) ? exactWord(count) : usersWord(count);
}

/** The environments in the policy's order, those in which somebody changes first. */
function byImportance(environments: readonly EnvironmentImpact[]): readonly Changed[] {
  const all = environments.flatMap(({ environment, changed }) =>
    changed === undefined ? [] : [{ environment, changed }],
  );
  return [...all.filter(({ changed }) => changed.contexts > 0), ...all.filter(({ changed }) => changed.contexts === 0)];
}

function somebody(share: Share, population: Population): string {
  const text = amount(share, population);
  const comma = text.endsWith(' %') ? ',' : '';
  return `${text}${comma} ${/^(≈ )?(<?1) of/.test(text) ? 'gets' : 'get'} something else`;
}

/** `≈ 4.2 M of 113 M users (4.1–4.3 M), 3.7 %`: thresholds of a policy are shares. */
function amount(share: Share, population: Population): string {
  const { users } = share;
  const whose = ofWhom(population);
  if (isExact(share)) {
    const percent = percentWord(share.share);
    if (users === undefined || population.users === undefined) return `${percent} of users${whose}`;
    return `${countWord(share)} of ${exactWord(population.users)} users${whose}, ${percent}`;
  }
  if (users === undefined || population.users === undefined) {
    return `≈ ${percentWord(share.share)} of users${whose} (${percentRange(share.low, share.high)})`;
  }
  const range = usersRange(users.low, users.high);
  return `≈ ${countWord(share)} of ${usersWord(population.users)} users${whose} (${range}), ${percentWord(share.share)}`;
}

function nobody(environments: readonly string[], share: Share, population: Population): string {
  const where = listed(environments.map(word));
  if (isExact(share) && population.users !== undefined) {
    return `Nobody of ${exactWord(population.users)} users${ofWhom(population)} gets something else in ${where}`;
  }
  const of = `${counted(population.contexts, 'context')}${ofWhom(population)}`;
  return `None of ${of} gets something else in ${where}${bound(share, population)}`;
}

/** ` (of all users at most 0.008 %)` */
function bound(share: Share, { users: all }: Population): string {
  if (isExact(share)) return '';
  const { users } = share;
  const most = users === undefined || all === undefined ? percentAtMost(share.high) : usersAtMost(users.high);
  return ` (of all users at most ${most})`;
}

/** A figure of people whom nobody has may not stand anywhere without that word. */
function ofWhom({ keys, contexts }: Population): string {
  if (keys.synthetic === 0) return '';
  return keys.synthetic === contexts ? ' of a made-up population' : ' of a partly made-up population';
}

function estimateHeadline({ flags, environments }: Preview): string {
  const names = environments.map(({ environment }) => environment);
  const open = flags.filter((flag) => flag.environments.some(({ isProved }) => !isProved)).length;
  const where = listed(names.map(word));
  return `An estimate from the rules alone: ${counted(open, 'flag')} may serve something else in ${where}`;
}
