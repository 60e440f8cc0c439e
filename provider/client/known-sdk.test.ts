import { OpenFeature } from '@openfeature/server-sdk';
import { expect, it } from 'vitest';
import { hasKnownHooksOnly } from './known-sdk.js';

it('knows the hooks of this SDK', () => {
  expect(hasKnownHooksOnly(OpenFeature, OpenFeature.getClient())).toBe(true);
});

it.each<[string, object]>([
  [
    'a method',
    new (class {
      addDomainHooks(): void {}
    })(),
  ],
  [
    'a method of a class above',
    new (class extends class {
      setInterceptor(): void {}
    } {})(),
  ],
  ['a field', { middlewares: [] }],
])('sees another place for them: %s', (_what, object) => {
  expect(hasKnownHooksOnly(OpenFeature, object)).toBe(false);
  expect(hasKnownHooksOnly(object, OpenFeature)).toBe(false);
});
