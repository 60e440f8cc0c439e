import type { Recorder } from './recorder.js';

/** Files of a flag repository, by path from the flags folder. */
export type FlagFiles = Readonly<Record<string, string>>;

const policy = `bucketing: flagd-v2
environments: [production]
teams:
  shop-team: { codeOwner: "@acme/shop" }
`;

/** The path of the one flag of {@link flagFiles}. */
export const FLAG_PATH = 'shop/cart/banner.yaml';

/** A small valid repository; `description` makes a version of it. */
export function flagFiles(description: string): FlagFiles {
  const flag = `key: shop.cart.banner
type: ops
owner: shop-team
riskTier: low
expiresAt: never
description: ${description}
`;
  return { 'policy.yaml': policy, [FLAG_PATH]: flag };
}

/** A repository of so many flags, with the one of {@link flagFiles} among them. */
export function manyFlagFiles(count: number): FlagFiles {
  const files = flagFiles('first');
  const flag = files[FLAG_PATH] ?? '';
  const others = Array.from({ length: count - 1 }, (_, index): [string, string] => [
    `shop/cart/flag-${index}.yaml`,
    flag.replace('shop.cart.banner', `shop.cart.flag-${index}`),
  ]);
  return { ...files, ...Object.fromEntries(others) };
}

/** A repository with one problem. */
export function brokenFiles(description: string): FlagFiles {
  return { ...flagFiles(description), [FLAG_PATH]: `key: shop.cart.banner\ndescription: ${description}\n` };
}

/** The versions that a listener was given, in order. */
export function versionsHeard(recorder: Recorder): readonly (string | undefined)[] {
  return recorder
    .all('loaded')
    .map(({ loaded }) => loaded.ruleset.documents.flags.get('shop.cart.banner')?.read().description);
}
