/** Whether the SDK registers hooks in the places that are known here, and in no others. */

/** Members of the API and of its clients, of any version since 1.21, that have to do with hooks. */
const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  '_hooks',
  'addHooks',
  'getHooks',
  'clearHooks',
  'beforeHooks',
  'afterHooks',
  'errorHooks',
  'finallyHooks',
  'apiHooksAccessor',
]);

/** What another place to register hooks would be called. */
const HOOK = /hook|intercept|middleware/i;

/** Whether the API's and a client's members hold no hook that nobody here would see. */
export function hasKnownHooksOnly(...objects: readonly object[]): boolean {
  return objects.every((object) => membersOf(object).every((name) => !HOOK.test(name) || KNOWN_MEMBERS.has(name)));
}

function membersOf(object: object): readonly string[] {
  const names: string[] = [];
  for (let one: object | null = object; one !== null; one = Object.getPrototypeOf(one) as object | null) {
    names.push(...Object.getOwnPropertyNames(one));
  }
  return names;
}
