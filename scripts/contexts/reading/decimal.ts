/** Numbers in texts. */

/** A plain decimal; `Number` alone would also read blanks, `0x10` and `Infinity`. */
export function readDecimal(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
