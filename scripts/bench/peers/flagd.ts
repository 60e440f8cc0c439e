/** flagd's engine in process. */
import { FlagdCore } from '@openfeature/flagd-core';
import type { BenchCondition, BenchContext, BenchFlag } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

type FlagdContext = BenchContext & Readonly<Record<string, string | number>>;

/** Compiles each flag's JSON Logic when it is loaded. */
export const peer: Peer = {
  title: 'flagd-core',
  packageName: '@openfeature/flagd-core',
  async open(flags): Promise<OpenPeer<FlagdContext>> {
    const engine = new FlagdCore(undefined, silent);
    engine.setConfigurations(
      JSON.stringify({ flags: Object.fromEntries(flags.map((flag) => [flag.key, definition(flag)])) }),
    );
    return {
      context: (context) => ({ ...context }),
      boolean: (key, context) => engine.resolveBooleanEvaluation(key, false, context, silent).value,
      object: (key, context) => engine.resolveObjectEvaluation(key, {}, context, silent).value,
      close: () => undefined,
    };
  },
};

function definition(flag: BenchFlag): object {
  const boolean = { state: 'ENABLED', variants: { true: true, false: false }, defaultVariant: 'false' };
  switch (flag.serves) {
    case 'true':
      return { ...boolean, defaultVariant: 'true' };
    case 'object':
      return { state: 'ENABLED', variants: { none: {}, full: flag.value }, defaultVariant: 'full' };
    case 'half': {
      const salted = { cat: [flag.key, { var: 'targetingKey' }] };
      return { ...boolean, targeting: { fractional: [salted, ['true', 50], ['false', 50]] } };
    }
    case 'rules': {
      const branches = flag.rules.flatMap((rule) => [allOf(rule.map(logic)), 'true']);
      return { ...boolean, targeting: { if: [...branches, 'false'] } };
    }
  }
}

function allOf(conditions: readonly object[]): object {
  const [first, ...others] = conditions;
  return others.length === 0 && first !== undefined ? first : { and: conditions };
}

function logic({ attribute, operator, operand }: BenchCondition): object {
  const value = { var: attribute };
  switch (operator) {
    case 'equals':
      return { '===': [value, operand] };
    case 'in':
      return { in: [value, operand] };
    case 'endsWith':
      return { ends_with: [value, operand] };
    case 'versionAtLeast':
      return { sem_ver: [value, '>=', operand] };
    case 'above':
      return { '>': [value, operand] };
  }
}
