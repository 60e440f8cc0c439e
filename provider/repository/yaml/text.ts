/** Bytes to text. */

/** A file larger than this is refused: far above any that a person reviews, far below what stalls a process. */
export const MAX_FILE_BYTES = 1_048_576;

/** A file's text, without a byte order mark and with `\n` for every CRLF, so that all of these mean the same. */
export interface DecodedText {
  /** Where bytes are not UTF-8, U+FFFD stands for them. */
  readonly text: string;
  /** The offset in `text` of the first bytes that are not UTF-8, where there are any. */
  readonly invalidAt: number | undefined;
}

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');

/** Reads bytes as UTF-8; never throws. */
export function decodeText(bytes: Uint8Array): DecodedText {
  try {
    return { text: withPlainNewlines(strict.decode(bytes)), invalidAt: undefined };
  } catch {
    const valid = bytes.subarray(0, validLength(bytes));
    return {
      text: withPlainNewlines(lenient.decode(bytes)),
      invalidAt: withPlainNewlines(lenient.decode(valid)).length,
    };
  }
}

/** Line and column of every character but the removed CR stay what they are. */
function withPlainNewlines(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
}

/** The length of the longest prefix that is whole UTF-8 characters. A decoder does not tell where it failed, so: bisect. */
function validLength(bytes: Uint8Array): number {
  let [valid, invalid] = [0, bytes.length + 1];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, middle), { stream: true })) valid = middle;
    else invalid = middle;
  }
  while (!isUtf8(bytes.subarray(0, valid), { stream: false })) valid -= 1;
  return valid;
}

/** `stream`: whether the last character may be cut short. */
function isUtf8(bytes: Uint8Array, { stream }: { readonly stream: boolean }): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}
