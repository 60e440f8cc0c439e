/** Keys that a reader takes for each other. */

/**
 * Letters that look like ASCII ones, after compatibility normalisation, which folds full-width letters and ligatures: the
 * lower-case Cyrillic, Greek and Armenian rows of Unicode's confusables (UTS #39) whose prototype is one ASCII letter.
 */
const FOREIGN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аα',
    c: 'с',
    d: 'ԁ',
    e: 'еҽ',
    g: 'ɡց',
    h: 'һհ',
    i: 'іιı',
    j: 'јϳ',
    k: 'κк',
    l: 'ӏⅼ',
    m: 'м',
    n: 'ոп',
    o: 'оοօσ',
    p: 'рρ',
    q: 'ԛզ',
    r: 'г',
    s: 'ѕ',
    t: 'тτ',
    u: 'υսц',
    v: 'ѵν',
    w: 'ԝω',
    x: 'хχ',
    y: 'уγүӯ',
    z: 'ᴢ',
  }).flatMap(([ascii, letters]) => Array.from(letters, (letter) => [letter, ascii] as const)),
);

/** ASCII that looks like other ASCII in common fonts; pairs first, so that they are looked for as they are written. */
const ALIKE: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
  // Where the separators stand is easily overlooked.
  [/[-_.]/g, ''],
];

/** What a reader remembers of a key: keys of one skeleton look alike. */
export function skeletonOf(key: string): string {
  const folded = key.normalize('NFKC').toLowerCase();
  const ascii = folded.replaceAll(/[^ -~]/g, (letter) => FOREIGN.get(letter) ?? letter);
  return ALIKE.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), ascii);
}

/** Looks up keys that differ from a given one. */
export class KeyIndex {
  readonly #twins = new Map<string, string[]>();
  readonly #alike = new Map<string, string[]>();

  constructor(keys: Iterable<string>) {
    for (const key of keys) {
      add(this.#twins, key.toLowerCase(), key);
      add(this.#alike, skeletonOf(key), key);
    }
  }

  /** The keys that differ from it by case alone. */
  twins(key: string): readonly string[] {
    return (this.#twins.get(key.toLowerCase()) ?? []).filter((other) => other !== key);
  }

  /** The keys that look like it, but for its twins. */
  lookAlikes(key: string): readonly string[] {
    const others = this.#alike.get(skeletonOf(key)) ?? [];
    return others.filter((other) => other.toLowerCase() !== key.toLowerCase());
  }
}

function add(index: Map<string, string[]>, name: string, key: string): void {
  const keys = index.get(name);
  if (keys === undefined) index.set(name, [key]);
  else keys.push(key);
}
