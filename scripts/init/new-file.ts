/** What a file is that `flagctl init` would write. */
import type { DocumentKind } from '../format/style.js';

/** A file to be written where there is none yet. */
export interface NewFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** What it is to the flag format; left out of other files. */
  readonly kind?: DocumentKind;
  /** Where a file of the same meaning can be, letter case aside: one of them present stands for this one. */
  readonly alternatives?: readonly string[];
}
