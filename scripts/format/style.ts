/** How each kind of file is laid out: the one style, as data. */

/** The kinds of file under a flags folder. */
export type DocumentKind = 'flag' | 'segment' | 'guardrail' | 'policy' | 'retired' | 'cases';

/** Longest line in characters, its comment not counted: what a review shows of a diff without scrolling. */
export const LINE_WIDTH = 120;

/** How a value is laid out. */
export interface Style {
  /**
   * `block`: over several lines, always. `line`: on one line wherever it fits.
   * Left out: on one line where it fits, unless it holds a list of mappings, which is easier to review as lines.
   */
  readonly layout?: 'block' | 'line';
  /** Keys in their order; others follow in the author's. Left out: the author's order, which may have a meaning. */
  readonly order?: readonly string[];
  /** Whether a blank line precedes an item that is not the first. Left out: where the author has one. */
  readonly isParted?: (key: string | undefined, previous: string | undefined) => boolean;
  /** The values of certain keys. */
  readonly keys?: Readonly<Record<string, Style>>;
  /** All other values. */
  readonly each?: Style;
  /** Texts that stay plain here although other parsers read them as something else: the format exempts them. */
  readonly isExempt?: (text: string) => boolean;
}

const date: Style = {
  isExempt: (text) => /^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?$/.test(text),
};
const off: Style = { isExempt: (text) => text === 'off' };

/** Which texts stay plain as the value of a key, in whatever kind of file. */
export function exemptionOf(key: string | undefined): Style['isExempt'] {
  if (key === 'stage') return off.isExempt;
  return key !== undefined && ['expiresAt', 'retiredAt', 'from', 'until'].includes(key) ? date.isExempt : undefined;
}

const stage: Style = { layout: 'line', order: ['name', 'segment', 'percent', 'hold'] };

const rule: Style = { layout: 'line', order: ['name', 'when', 'serve', 'rollout'] };

const rollout: Style = {
  order: ['stage', 'to', 'guardrails', 'stages'],
  keys: { stage: off, stages: { each: stage } },
};

/**
 * The blank lines between `enabled`, `rules` and `rollout` are part of the format: git merges two changes by themselves
 * only where an unchanged line parts them, and so a kill and a ramp of one flag, made at the same time, always merge.
 */
const environment: Style = {
  layout: 'block',
  order: ['enabled', 'rules', 'rollout'],
  isParted: () => true,
  keys: { rules: { each: rule }, rollout },
};

const flag: Style = {
  layout: 'block',
  order: [
    'key',
    'type',
    'owner',
    'riskTier',
    'expiresAt',
    'description',
    'runbook',
    'default',
    'variants',
    'prerequisites',
    'bucketBy',
    'salt',
    'environments',
  ],
  isParted: (key, previous) => key === 'prerequisites' || key === 'environments' || previous === 'prerequisites',
  keys: {
    expiresAt: date,
    variants: { layout: 'block' },
    prerequisites: { layout: 'block' },
    environments: { layout: 'block', isParted: () => false, each: environment },
  },
};

const segment: Style = { layout: 'block', order: ['owner', 'description', 'when'] };

const guardrail: Style = {
  layout: 'block',
  order: ['owner', 'description', 'query', 'max', 'min', 'interval', 'failureLimit', 'minSamples', 'onNoData'],
};

const policy: Style = {
  layout: 'block',
  order: [
    'bucketing',
    'environments',
    'naming',
    'teams',
    'tiers',
    'expiry',
    'widening',
    'blastRadius',
    'freezes',
    'floors',
    'protected',
    'reducing',
    'approvers',
  ],
  keys: {
    naming: { order: ['pattern'] },
    teams: { layout: 'block', each: { order: ['codeOwner', 'active'] } },
    tiers: {
      layout: 'block',
      order: ['low', 'medium', 'high'],
      each: { order: ['approvals', 'reason', 'preview', 'staged', 'runbook'] },
    },
    expiry: { order: ['ticket', 'warn', 'fail', 'max'] },
    widening: { order: ['window', 'high'] },
    blastRadius: {
      order: ['medium', 'high', 'environments'],
      keys: { environments: { each: { order: ['medium', 'high'] } } },
    },
    freezes: { each: { layout: 'line', order: ['from', 'until', 'reason'], keys: { from: date, until: date } } },
    floors: { each: { layout: 'line', order: ['path', 'team', 'tier'] } },
    reducing: { order: ['fewerApprovals', 'direct', 'reviewWithin'] },
    approvers: { order: ['bots', 'allowedBots', 'ignoreEmails'] },
  },
};

const retired: Style = {
  layout: 'block',
  each: { layout: 'line', order: ['key', 'retiredAt', 'reason'], keys: { retiredAt: date } },
};

const cases: Style = {
  layout: 'block',
  isParted: () => true,
  each: {
    layout: 'block',
    order: ['name', 'environment', 'context', 'expect'],
    isParted: () => false,
    keys: { expect: { order: ['variant', 'value', 'reason', 'rule', 'stage'] } },
  },
};

/** The style of a whole file. */
export const styles: Readonly<Record<DocumentKind, Style>> = { flag, segment, guardrail, policy, retired, cases };

const plain: Style = {};
/** Within a value that is on one line wherever it fits, so is everything. */
const line: Style = { layout: 'line' };

/** The style of an item's value. */
export function styleWithin(style: Style, key: string | undefined): Style {
  const inherited = style.layout === 'line' ? line : plain;
  const named =
    key !== undefined && style.keys !== undefined && Object.hasOwn(style.keys, key) ? style.keys[key] : undefined;
  const own = named ?? style.each;
  return own === undefined ? inherited : { ...inherited, ...own };
}
