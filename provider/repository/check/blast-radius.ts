/** What the schema can't say of a policy's thresholds of users: environments that exist, and an order that makes sense. */
import type { BlastRadiusThresholds, PolicyDocument } from '../../engine/index.js';
import type { Pointer } from '../problem.js';
import type { Finding } from './condition.js';
import { unknownName } from './unknown-name.js';

/** Checks `blastRadius` of a policy that the schema has admitted. */
export function checkBlastRadius({ blastRadius, environments }: PolicyDocument): readonly Finding[] {
  if (blastRadius === undefined) return [];
  const pointer = ['blastRadius'];
  const own = Object.entries(blastRadius.environments ?? {});
  const all: readonly BlastRadiusThresholds[] = [blastRadius, ...own.map(([, thresholds]) => thresholds)];
  if (all.every(({ medium, high }) => medium === undefined && high === undefined)) return [nothing(pointer)];
  return [
    ...checkOrder(blastRadius, pointer),
    ...own.flatMap(([name, thresholds]): readonly Finding[] => {
      const place = [...pointer, 'environments', name];
      const isKnown = environments.includes(name);
      const unknown = { ...unknownName('environment', name, environments), pointer: place, at: 'key' as const };
      return [
        ...(isKnown ? [] : [{ code: 'unknown-environment' as const, ...unknown }]),
        ...checkOrder(thresholds, place),
      ];
    }),
  ];
}

function nothing(pointer: Pointer): Finding {
  return {
    code: 'missing-key',
    pointer,
    at: 'key',
    message: '`blastRadius` has no threshold, so it raises nothing',
    found: 'neither `medium` nor `high`, in no environment',
    expected: 'at least one threshold',
    fix: 'add one, such as `high: 10%`, or remove `blastRadius`',
  };
}

/** Of a share and a number of users nobody can say which is more. */
function checkOrder({ medium, high }: BlastRadiusThresholds, pointer: Pointer): readonly Finding[] {
  if (typeof medium !== typeof high || medium === undefined || high === undefined) return [];
  if (Number.parseFloat(String(medium)) <= Number.parseFloat(String(high))) return [];
  return [
    {
      code: 'out-of-range',
      pointer: [...pointer, 'medium'],
      message: '`medium` begins behind `high`, so no change is ever `medium` by it',
      found: `${medium}, and \`high: ${high}\``,
      expected: 'no more than `high`',
      fix: 'swap the two, or remove `medium`',
    },
  ];
}
