import { describe, expect, it } from 'vitest';
import { renderReport } from '../output.js';
import { flagFiles } from '../testing/flag-repository.js';
import type { ChangeItem, FlagChange } from './change.js';
import { changeMarkdown } from './markdown.js';
import { changeSections } from './rendering.js';
import { changesOf, type Files } from './testing/sides.js';

const FLOW = 'flags/payments/checkout/new-flow.yaml';
const SEARCH = 'flags/platform/web/search.yaml';
const SEGMENT = 'flags/segments/employees.yaml';

const after: Files = {
  ...flagFiles,
  [FLOW]: (flagFiles[FLOW] ?? '')
    .replace('riskTier: medium', 'riskTier: high')
    .replace('[DE, AT, CH]', '[DE, FR]')
    .replace('rollout: 5\n', 'rollout: 25\n')
    .replace('enabled: true\n\n    rollout: 100', 'enabled: false\n\n    rollout: 100'),
  [SEARCH]: `# why\n${flagFiles[SEARCH]}`,
  [SEGMENT]: (flagFiles[SEGMENT] ?? '').replace('"@example.com"', '["@example.com", "@example.org"]'),
};

const changes = await changesOf(flagFiles, after, (_key, environment) =>
  environment === 'staging' ? 'reducing' : 'other',
);

function textOf(flags: readonly FlagChange[]): string {
  const report = { outcome: 'clean', sections: changeSections(flags) } as const;
  return renderReport(report, 'text', { columns: 80, hasColour: false });
}

function withItems(count: number, more: Partial<FlagChange> = {}): FlagChange {
  const [first] = changes;
  if (first === undefined) throw new Error('no change');
  const items = Array.from({ length: count }, (_, index): ChangeItem => ({
    environment: 'production',
    kind: 'rule',
    text: `rule \`r-${index}\` removed`,
  }));
  return { ...first, items, ...more };
}

describe('a report', () => {
  it('has each flag with its items by environment, then those that are only reached', () => {
    expect(textOf(changes)).toBe(`payments.checkout.new-flow  payments-team · medium → high
  reached through segment employees
  tier medium → high
  production  reaches 5 % → 25 %
    rule \`dach-pilot\`: \`country\` FR added, AT, CH removed
    rollout 5 % → 25 %
    segment \`employees\`: \`email\` endsWith \`"@example.org"\` added
  staging  reaches 100 % → 0 %, reducing
    killed

platform.web.search  platform-team · low
  reached through segment employees
  segment \`employees\`: \`email\` endsWith \`"@example.org"\` added

REACHED              OWNER          TIER  THROUGH
platform.web.banner  platform-team  low   flag payments.checkout.new-flow, segm…

  prerequisite \`payments.checkout.new-flow\` changed
  segment \`employees\`: \`email\` endsWith \`"@example.org"\` added
`);
  });

  it('fits eighty columns', () => {
    const long = `description ${'word '.repeat(60)}`.trim();
    const text = textOf([withItems(0, { items: [{ environment: 'production', kind: 'description', text: long }] })]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(long);
  });

  it('says of a comment that it is one', () => {
    const text = textOf([withItems(0, { via: [], effects: [] })]);
    expect(text).toContain('\n  only comments or layout\n');
  });

  it('says that nothing changes', () => {
    expect(textOf([])).toBe('No flag changes.\n');
  });

  it('cuts what is long, and says so', () => {
    expect(textOf([withItems(23)])).toContain('    rule `r-19` removed\n    and 3 more items\n');
    const many = Array.from({ length: 53 }, (_, index) => withItems(1, { key: `a.b.c-${index}` }));
    expect(textOf(many)).toContain('\nand 3 more flags\n');
    expect(textOf(many)).not.toContain('c-50');
    const reached = many.map((flag) => ({ ...flag, status: 'reached' }) as const);
    expect(textOf(reached)).toContain('\nand 3 more flags\n');
  });

  it('tells a widening that the widest figure hides', () => {
    const exposure = {
      before: { rest: 0, openRules: new Map([['a', 50]]) },
      after: { rest: 30, openRules: new Map([['a', 50]]) },
    };
    const effects = [{ environment: 'production', direction: 'other', exposure } as const];
    expect(textOf([withItems(0, { effects })])).toContain('  production  widens by 30 points\n');
  });
});

describe('a comment', () => {
  it('has each flag with its items by environment, then those that are only reached', () => {
    expect(changeMarkdown(changes)).toBe(`#### \`payments.checkout.new-flow\` · payments-team · medium → high

- reached through \`segment employees\`
- tier medium → high
- **production** · reaches 5 % → 25 %
  - rule \`dach-pilot\`: \`country\` FR added, AT, CH removed
  - rollout 5 % → 25 %
  - segment \`employees\`: \`email\` endsWith \`"@example.org"\` added
- **staging** · reaches 100 % → 0 %, reducing
  - killed

#### \`platform.web.search\` · platform-team · low

- reached through \`segment employees\`
- segment \`employees\`: \`email\` endsWith \`"@example.org"\` added

#### Reached without a change of their own

- prerequisite \`payments.checkout.new-flow\` changed
- segment \`employees\`: \`email\` endsWith \`"@example.org"\` added

- \`platform.web.banner\` · platform-team · low · through \`flag payments.checkout.new-flow\`, \`segment employees\`
`);
  });

  it('says of a comment that it is one, and that nothing changes', () => {
    expect(changeMarkdown([withItems(0, { via: [], effects: [] })])).toContain('\n- only comments or layout\n');
    expect(changeMarkdown([])).toBe('No flag changes.\n');
  });

  it('stays below what GitHub takes, and says what it leaves out', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => withItems(100, { key: `a.b.c-${index}` }));
    const reached = many.map((flag) => ({ ...flag, status: 'reached' }) as const);
    const text = changeMarkdown([...many, ...reached]);
    expect(text.length).toBeLessThan(45_000);
    expect(text).toMatch(/\nand 1,9\d\d more flags\n\n?#### Reached/);
    expect(text).toContain('  - and 80 more items\n');
    expect(text).toMatch(/- and 1,9\d\d more flags\n$/);
  });
});

describe('what people wrote', () => {
  const hostile = [
    '`**x**` @acme/everybody <script> | a | ![i](https://e.example/i.png)',
    '[a](javascript:alert)',
    '# heading',
    'www.e.example',
  ];

  it.each(hostile)('cannot leave its code span: %s', async (text) => {
    const quoted = JSON.stringify(text);
    const attack: Files = {
      ...flagFiles,
      [FLOW]: (flagFiles[FLOW] ?? '')
        .replace('description: Routes checkout through the rebuilt pipeline.', `description: ${quoted}`)
        .replace('[DE, AT, CH]', `[DE, ${quoted}]`),
      'flags/platform/web/banner.yaml': (flagFiles['flags/platform/web/banner.yaml'] ?? '').replace(
        'variants: { ',
        `variants: { ${quoted}: ${quoted}, `,
      ),
    };
    const markdown = changeMarkdown(await changesOf(flagFiles, attack));
    const outside = withoutSpans(markdown);
    expect(outside).not.toMatch(/[@<|[\]!]|https?:|www\.|`/);
    expect(outside.match(/^#/gm)).toHaveLength(2);
    expect(markdown.split(text.replaceAll(/\s/g, ' ').slice(0, 20)).length).toBeGreaterThan(3);
  });
});

/** A text without its code spans, as CommonMark finds them: from a run of backticks to the next one of that length. */
function withoutSpans(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
}
