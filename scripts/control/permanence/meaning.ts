/** A flag means the same for as long as it lives: its type, its default and the kind of its values are permanent. */
import { isDeepStrictEqual } from 'node:util';
import { defaultVariantOf, kindOf, variantsOf, type FlagDocument } from '../../../provider/engine/index.js';
import type { Finding } from '../finding.js';
import type { KeyChange } from './sides.js';

/** A value is shown as far as it fits a line. */
const MAX_SHOWN_LENGTH = 60;

/** What flags mean that they did not mean before. */
export function meaningFindings(change: KeyChange): readonly Finding[] {
  return [...change.before].flatMap(([key, before]) => {
    const after = change.after.get(key);
    // A file that did not change is the same object on both sides.
    if (after === undefined || before === undefined || before === after) return [];
    return differences(before.read(), after.read()).map((difference) => ({
      code: 'key-new-meaning',
      severity: 'error',
      message: `${difference}: under the same key that is another flag, to code that was written for the old one`,
      fix: `leave it as it was; or retire \`${key}\` and make a flag with a new key`,
      file: change.fileOf(key),
      key,
    }));
  });
}

function differences(before: FlagDocument, after: FlagDocument): readonly string[] {
  const found: string[] = [];
  if (before.type !== after.type) found.push(`the type changes from ${before.type} to ${after.type}`);
  const [kindBefore, kindAfter] = [kindOf(before), kindOf(after)];
  if (kindBefore !== kindAfter) found.push(`the values change from ${kindBefore} to ${kindAfter}`);
  const [nameBefore, nameAfter] = [defaultVariantOf(before), defaultVariantOf(after)];
  if (nameBefore !== nameAfter) {
    found.push(`the default changes from ${nameOf(nameBefore)} to ${nameOf(nameAfter)}`);
  } else if (nameBefore !== null && kindBefore === kindAfter) {
    const [was, is] = [before, after].map((document) => variantsOf(document).get(nameBefore));
    // The order of an object's entries is no part of its value.
    if (!isDeepStrictEqual(was, is)) {
      found.push(`the value of the default, \`${nameBefore}\`, changes from ${shown(was)} to ${shown(is)}`);
    }
  }
  return found;
}

function nameOf(variant: string | null): string {
  return variant === null ? "the caller's own" : `\`${variant}\``;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}…`;
}
