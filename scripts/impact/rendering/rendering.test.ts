import { describe, expect, it } from 'vitest';
import { renderReport } from '../../output.js';
import { previewMarkdown } from './markdown.js';
import type { Preview } from '../preview.js';
import { HOSTILE, moved, population, preview, PREVIEWS, flag, share } from '../testing/previews.js';
import { previewSections } from './text.js';

/** In characters: a comment may have 65,536, of which the verdict takes the most. */
const MAX_LENGTH = 20_000;

const text = (shown: Preview, columns?: number): string =>
  renderReport({ outcome: 'clean', sections: previewSections(shown) }, 'text', { columns, hasColour: false });

describe('a preview', () => {
  it.each(Object.entries(PREVIEWS))('that is %s looks as it should', async (name, shown) => {
    await expect(text(shown)).toMatchFileSnapshot(`golden/preview.${name}.txt`);
    await expect(previewMarkdown(shown)).toMatchFileSnapshot(`golden/preview.${name}.markdown.txt`);
  });

  it('of no flag says so', () => {
    expect(previewMarkdown(preview({}))).toBe('**No flag changes**\n');
  });

  it('of one user speaks of one', () => {
    const one = preview({
      population: population(10, { users: 10, usersFrom: 'given' }),
      environments: [
        { environment: 'production', changed: { ...share(1, 10, 10), low: 0.1, high: 0.1 }, flags: 1, groups: [] },
      ],
    });
    const flags = [
      flag(
        'a.b.c',
        moved('production', (contexts) => share(contexts, 10, 10), ['false', 'true', 1], ['false', 'false', 9]),
      ),
    ];
    expect(previewMarkdown({ ...one, flags })).toMatch(
      /^\*\*1 of 10 users, 10 %, gets something else in production\*\*\n/,
    );
  });

  it('of fewer users than a whole one does not speak of none', () => {
    const few = { ...share(1, 1_000), users: { count: 0, low: 0, high: 1 } };
    const less = preview({
      population: population(1_000, { users: 10, usersFrom: 'given' }),
      environments: [{ environment: 'production', changed: few, flags: 1, groups: [] }],
      flags: [
        flag(
          'a.b.c',
          moved('production', () => few, ['false', 'true', 1]),
        ),
      ],
    });
    expect(previewMarkdown(less)).toMatch(
      /^\*\*≈ <1 of 10 users \(0–1\), 0\.1 %, gets something else in production\*\*\n/,
    );
    expect(previewMarkdown(less)).toContain('| <1, 0.1 % (0.09–0.11 %) |');
  });

  it.each([
    ['all', 0, 48_211, 'users of a made-up population'],
    ['some', 48_210, 1, 'users of a partly made-up population'],
  ])('of contexts of which %s are made up says so in its first line', (_, plain, synthetic, words) => {
    const keys = { plain, synthetic, hashed: 0, missing: 0 };
    for (const shown of Object.values(PREVIEWS)) {
      if (shown.population === undefined || shown.environments.length === 0) continue;
      const told = { ...shown, population: { ...shown.population, keys, contexts: 48_211 } };
      const [first = ''] = previewMarkdown(told).split('\n');
      expect(first).toContain(words.replace('users', '').trim());
      expect(text(told).replaceAll('\n', ' ')).toContain(words.replace('users', '').trim());
    }
  });

  it.each(Object.entries(PREVIEWS))('that is %s leaves room for the verdict', (_, shown) => {
    expect(previewMarkdown(shown).length).toBeLessThan(MAX_LENGTH);
  });

  it('is shorter than that even where every name is as long as it may be, and every character escaped', () => {
    for (const character of ['|', '`', '*', '<', '\u200b', '@', '語']) {
      const long = character.repeat(1_000);
      const huge = JSON.parse(JSON.stringify(PREVIEWS.hostile), (_, value: unknown) =>
        typeof value === 'string' && HOSTILE.some((name) => value.includes(name)) ? long : value,
      ) as Preview;
      const comment = previewMarkdown(huge);
      expect(comment.length).toBeLessThan(MAX_LENGTH);
      expect(comment).toMatch(/and \d+ more/);
    }
  });

  it('as an estimate is shorter than that, too', () => {
    const environments = HOSTILE.map((environment) => ({ environment, changed: undefined, flags: 1, groups: [] }));
    const { population: _, ...rest } = PREVIEWS.hostile;
    const comment = previewMarkdown({ ...rest, population: undefined, environments });
    expect(comment.length).toBeLessThan(MAX_LENGTH);
    expect(comment).toMatch(/^\*\*An estimate from the rules alone: /);
    expect(comment).toMatch(/\n- and \d+ more lines\n/);
  });
});

/** What is neither in a fence nor in a code span, as CommonMark 4.5 and 6.1 find them, nor escaped. */
function activeText(markdown: string): string {
  return markdown
    .replaceAll(/^ *(`{3,})[^\n`]*\n[^]*?\n *\1$/gm, '')
    .replaceAll(/\\\\|\\[`*_[\]<>&~|$]/g, '')
    .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

const OWN_TAGS = /<\/?details>|<\/?summary>/g;

describe('what others wrote', () => {
  const comment = previewMarkdown(PREVIEWS.hostile);

  it('is no HTML, no link, no mention and no code that is left open', () => {
    const active = activeText(comment).replaceAll(OWN_TAGS, '');
    expect(active).toContain('get something else in');
    expect(active).not.toMatch(/[<>`[\]\u202e\u200b\u0007]|@\w|#\d/);
  });

  it('opens as many folds as it closes', () => {
    const tags = activeText(comment).match(OWN_TAGS) ?? [];
    expect(tags).toEqual(
      Array.from({ length: 4 }, () => ['<details>', '<summary>', '</summary>', '</details>']).flat(),
    );
  });

  it('leaves every table its columns', () => {
    const rows = comment.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.length).toBeGreaterThan(20);
    const widths = rows.map((row) => row.replaceAll('\\|', '').split('|').length - 2);
    expect(new Set(widths)).toEqual(new Set([4, 5]));
    // Where a backslash stands before the escape, readers of Markdown disagree on what is escaped.
    expect(rows.join('\n')).not.toContain('\\\\|');
    expect(comment).toContain('| `a\\U+007Cb:c;d#quot;e` ');
  });

  it('moves no cursor', () => {
    expect(text(PREVIEWS.hostile)).not.toMatch(/[\u202e\u200b\u0007]/);
  });
});
