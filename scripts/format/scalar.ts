/** How a value is written on one line. */

/** Whether a string is written without quotes, and where. */
export interface ScalarPlace {
  /** Whether brackets and commas around it would end it. */
  readonly isFlow: boolean;
  readonly isExempt?: ((text: string) => boolean) | undefined;
}

/**
 * What some parser reads as a boolean or as nothing: YAML 1.1 (https://yaml.org/type/bool.html) and 1.2 in any case.
 */
const WORDS: ReadonlySet<string> = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);

/**
 * What some parser, or a reader, takes for a number, a date or a time: the numbers of YAML 1.1 and 1.2 (sexagesimal
 * `12:30` and underscores among them), timestamps, and versions, which are quoted all alike.
 */
const NUMBER_LIKE = [
  /^[0-9][0-9_.:eE+-]*$/,
  /^0[xXoObB][0-9a-fA-F_]+$/,
  /^v?[0-9]+\.[0-9]\S*$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:\S*( \S+)?$/,
];

/** What a flag repository admits as an escape only: characters that show as nothing, as something else, or not at all. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2800]|(?! )\p{Z}/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');

/** Whether a text has characters that only a double-quoted scalar can show. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** A string as a value: plain where nothing could read it otherwise, else in double quotes. */
export function writeString(text: string, place: ScalarPlace): string {
  const isPlain = place.isExempt?.(text) === true || (canBePlain(text, place.isFlow) && !isAmbiguous(text));
  return isPlain ? text : quote(text);
}

/** A mapping's key. `true` and `false` stay plain: as keys, they name the variants of a boolean flag. */
export function writeKey(key: string): string {
  return key === 'true' || key === 'false' ? key : writeString(key, { isFlow: true });
}

/** A plain scalar begins with a letter, a digit, `/` or `_`, so that nobody needs to know YAML's indicators. */
function canBePlain(text: string, isFlow: boolean): boolean {
  if (!/^[\p{L}\p{N}/_]/u.test(text) || text.endsWith(' ') || text.endsWith(':')) return false;
  if (text.includes(': ') || text.includes(' #') || hasInvisible(text)) return false;
  return !isFlow || !/[[\]{},]/.test(text);
}

function isAmbiguous(text: string): boolean {
  return WORDS.has(text.toLowerCase()) || NUMBER_LIKE.some((pattern) => pattern.test(text));
}

/** A string in double quotes: JSON's strings are YAML's, and what JSON leaves invisible is escaped as well. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(EVERY_INVISIBLE, (character) => {
    const code = character.codePointAt(0) as number;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
