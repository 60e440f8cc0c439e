/** The UTF-16 units that mean something to the subset's reader. */

export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const SINGLE_QUOTE = 0x27;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DIGIT_0 = 0x30;
export const DIGIT_9 = 0x39;
export const COLON = 0x3a;
export const GREATER = 0x3e;
export const LIST_START = 0x5b;
export const BACKSLASH = 0x5c;
export const LIST_END = 0x5d;
export const LETTER_U = 0x75;
export const MAPPING_START = 0x7b;
export const BAR = 0x7c;
export const MAPPING_END = 0x7d;
