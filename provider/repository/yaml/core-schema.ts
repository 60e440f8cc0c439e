/** YAML 1.2's core schema: what a plain scalar is. */
import { Schema } from 'yaml';

/** Made once: a document would make its own. Without `resolveKnownTags`, so that no file's tags are added to it. */
export const coreSchema = new Schema({ schema: 'core', merge: false, resolveKnownTags: false });

const otherTests = coreSchema.tags.flatMap((tag) => (tag.default === true && 'test' in tag ? (tag.test ?? []) : []));

/** Whether a plain scalar is text: neither null, nor a boolean, nor a number in any notation. */
export function isCoreText(source: string): boolean {
  return !otherTests.some((test) => test.test(source));
}
