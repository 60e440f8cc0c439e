/** Values as texts that are the same where they mean the same. */
import type { JsonValue } from './documents.js';

/** JSON with sorted keys: the order in which a mapping is written makes no difference. Nothing at all is null. */
export function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner as Record<string, JsonValue>).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
