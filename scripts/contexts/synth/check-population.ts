/** What the schema can't say of a population: what its parts must be together. */
import { backticked, excerpt } from '../../../provider/repository/index.js';
import {
  distributionOf,
  type AttributeDocument,
  type AttributesDocument,
  type PopulationDocument,
} from './population.js';
import { checkAttribute, type Finding, type Pointer } from './check-attribute.js';
import { shareOut } from './groups.js';

/** More than rounding leaves of a hundred percent. */
const TOLERANCE = 1e-9;

/** All that is wrong with a population that the schema admits. */
export function checkPopulation(population: PopulationDocument): readonly Finding[] {
  const { attributes, profiles = {} } = population;
  return [
    ...checkAttributes(attributes, attributes, ['attributes']),
    ...Object.entries(profiles).flatMap(([name, profile]) =>
      checkProfile(attributes, profile.attributes, ['profiles', name, 'attributes']),
    ),
    ...checkPercents(population),
  ];
}

/** A profile's attributes among the general ones that it does not replace. */
function checkProfile(general: AttributesDocument, own: AttributesDocument, pointer: Pointer): readonly Finding[] {
  const kept = Object.entries(general).filter(([path]) => !Object.hasOwn(own, path));
  const clashes = Object.keys(own).flatMap((path) =>
    kept.flatMap(([other, attribute]): readonly Finding[] => {
      const place = { pointer: [...pointer, path], at: 'key' } as const;
      if (other.startsWith(`${path}.`)) return [clash(path, other, place)];
      const isDecisive = distributionOf(attribute).by === path && distributionOf(own[path] ?? '').by !== undefined;
      if (!isDecisive) return [];
      const message = `${backticked(path)} decides on ${backticked(other)}, so it can't have a \`by\` itself`;
      return [{ code: 'invalid-value', ...place, message, expected: 'values without `by`', fix: 'write them out' }];
    }),
  );
  return [...checkAttributes(own, { ...general, ...own }, pointer), ...clashes];
}

/** @param merged what the contexts of these attributes have, general ones too */
function checkAttributes(
  attributes: AttributesDocument,
  merged: AttributesDocument,
  pointer: Pointer,
): readonly Finding[] {
  return Object.entries(attributes).flatMap(([path, attribute]) => {
    const at = [...pointer, path];
    return [...checkPath(path, merged, at), ...checkAttribute(attribute, at), ...checkBy(attribute, merged, at)];
  });
}

function checkPath(path: string, merged: AttributesDocument, pointer: Pointer): readonly Finding[] {
  if (path === 'targetingKey' || path.startsWith('$')) {
    return [
      {
        code: 'attribute-invalid',
        pointer,
        at: 'key',
        message: `${backticked(path)} is no attribute of a population`,
        expected: 'any other name: targeting keys and weights are made',
        fix: 'remove it',
      },
    ];
  }
  const within = Object.keys(merged).find((other) => path.startsWith(`${other}.`));
  return within === undefined ? [] : [clash(within, path, { pointer, at: 'key' })];
}

/** A value can't hold another one. */
function clash(within: string, path: string, place: Pick<Finding, 'pointer' | 'at'>): Finding {
  return {
    code: 'attribute-invalid',
    ...place,
    message: `${backticked(within)} has values of its own, so it can't be an object that holds ${backticked(path)}`,
    expected: 'either the one or the other',
    fix: `remove ${backticked(within)}, or make ${backticked(path)} a part of its values`,
  };
}

function checkBy(attribute: AttributeDocument, merged: AttributesDocument, pointer: Pointer): readonly Finding[] {
  const { by } = distributionOf(attribute);
  if (by === undefined) return [];
  const target = Object.hasOwn(merged, by) ? merged[by] : undefined;
  if (target !== undefined && distributionOf(target).by === undefined) return [];
  const plain = Object.keys(merged).filter(
    (path) => distributionOf(merged[path] as AttributeDocument).by === undefined,
  );
  return [
    {
      code: 'invalid-value',
      pointer: [...pointer, 'by'],
      message:
        target === undefined ? `there is no attribute ${backticked(by)}` : `${backticked(by)} has a \`by\` itself`,
      found: excerpt(by),
      expected: `an attribute without \`by\`: ${excerptOf(plain)}`,
      fix: 'name one of them',
    },
  ];
}

/** Names for a message, which shows a few. */
function excerptOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(backticked).join(', ');
  return names.length > 5 ? `${shown}, …` : shown || 'there is none';
}

function checkPercents({ users, profiles = {} }: PopulationDocument): readonly Finding[] {
  const percents = Object.values(profiles).map(({ percent }) => percent);
  const sum = percents.reduce((all, percent) => all + percent, 0);
  if (sum > 100 + TOLERANCE) {
    return [
      {
        code: 'weights-over-100',
        pointer: ['profiles'],
        message: 'the profiles have more users than there are',
        found: `${Number(sum.toFixed(6))} percent`,
        expected: 'at most 100 percent together',
        fix: 'lower some',
      },
    ];
  }
  const sizes = shareOut(users, [...percents, Math.max(0, 100 - sum)]);
  return Object.keys(profiles).flatMap((name, index) =>
    (sizes[index] ?? 0) > 0
      ? []
      : [
          {
            code: 'out-of-range' as const,
            pointer: ['profiles', name, 'percent'],
            message: 'this profile has no user',
            found: `${percents[index]} percent of ${users.toLocaleString('en')}`,
            expected: 'a percentage that makes one user',
            fix: 'raise it, or remove the profile',
          },
        ],
  );
}
