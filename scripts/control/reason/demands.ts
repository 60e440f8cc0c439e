/** What a tier asks a change to say: a reason, and a runbook for each of its flags. */
import type { PolicyDocument, RiskTier } from '../../../provider/engine/index.js';
import type { FlagChange } from '../../change/change.js';
import type { Finding } from '../finding.js';
import { demandsOf } from '../tier.js';
import { isReduction } from '../time/direction.js';
import { reasonOf } from './reason.js';

/** Where a change may say why. */
export interface Words {
  /** Undefined where there is no pull request. */
  readonly body: string | undefined;
  /** Of every commit of the change. */
  readonly messages: readonly string[];
  /** The base's template of a description. */
  readonly template?: string | undefined;
}

/** Refuses a change without a reason where its tier asks for one, also where it only reduces. */
export function checkReason(tier: RiskTier, policy: PolicyDocument, words: Words): readonly Finding[] {
  if (demandsOf(policy, tier).reason !== 'required') return [];
  if (reasonOf(words.body, words.messages, words.template) !== undefined) return [];
  const places = words.body === undefined ? 'no commit' : 'neither the description nor a commit';
  return [
    {
      code: 'reason-missing',
      severity: 'error',
      message: `${places} of this change says why, and the tier \`${tier}\` asks for a reason`,
      fix:
        'write it under the heading `## Reason` of the pull request (outside of `<!-- -->`), ' +
        'or end a commit’s message with a line such as `Reason: The pilot ran two weeks without an error.`',
    },
  ];
}

/**
 * Refuses flags without a runbook where their tier asks for one. A proved reduction of a flag that had none passes.
 * @param tierOf the highest tier that a flag has at base, at the result or by a floor
 */
export function checkRunbooks(
  flags: readonly FlagChange[],
  policy: PolicyDocument,
  tierOf: (key: string) => RiskTier,
): readonly Finding[] {
  return flags.flatMap((flag) => {
    const tier = tierOf(flag.key);
    if (flag.after === undefined || flag.after.runbook !== undefined || flag.status === 'reached') return [];
    if (demandsOf(policy, tier).runbook !== 'required') return [];
    if (isReduction(flag) && flag.before?.runbook === undefined) return [];
    return [
      {
        code: 'runbook-missing',
        severity: 'error' as const,
        message: `\`${flag.key}\` has no \`runbook\`, and its tier \`${tier}\` asks for one`,
        fix: 'add `runbook:` with the URL of what to do when this flag goes wrong',
        key: flag.key,
      },
    ];
  });
}
