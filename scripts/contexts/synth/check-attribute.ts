/** What the schema can't say of one attribute's distribution. */
import { parseInstant, parseRange } from '../../../provider/engine/index.js';
import { backticked, excerpt, type UnplacedProblem } from '../../../provider/repository/index.js';
import {
  distributionOf,
  kindsOfDistribution,
  type AttributeDocument,
  type DistributionDocument,
  type NumberDocument,
  type SpanDocument,
  type WeightsDocument,
} from './population.js';

/** A problem but for its file. */
export type Finding = Omit<UnplacedProblem, 'file'>;

/** The way to a node of the description. */
export type Pointer = readonly (string | number)[];

/** All that is wrong with the values of an attribute by itself. */
export function checkAttribute(attribute: AttributeDocument, pointer: Pointer): readonly Finding[] {
  const document = distributionOf(attribute);
  const kinds = kindsOfDistribution.filter((kind) => document[kind] !== undefined);
  const [kind] = kinds;
  if (kinds.length > 1 || (kind === undefined && document.missing !== 100)) {
    const known = kindsOfDistribution.map(backticked).join(', ');
    const found = kinds.length === 0 ? 'none of them' : kinds.map(backticked).join(' and ');
    const message = 'an attribute has exactly one kind of values';
    return [{ code: 'invalid-value', pointer, message, found, expected: `one of ${known}`, fix: 'keep one of them' }];
  }
  if (kind === undefined) return [];
  const at = [...pointer, kind];
  return [
    ...(document.values === undefined ? [] : checkWeights(document.values, at)),
    ...(document.versions === undefined
      ? []
      : [...checkWeights(document.versions, at), ...checkVersions(document.versions, at)]),
    ...(document.email === undefined ? [] : checkWeights(document.email.domains, [...at, 'domains'])),
    ...(document.choices === undefined
      ? []
      : checkTotal(
          document.choices.map(({ weight = 1 }) => weight),
          at,
        )),
    ...(document.number === undefined ? [] : checkNumber(document.number, at)),
    ...checkSpan(document.days ?? document.instants, at),
    ...checkCases(document, pointer),
  ];
}

function checkCases({ cases = {}, otherwise }: DistributionDocument, pointer: Pointer): readonly Finding[] {
  const inner: readonly (readonly [AttributeDocument, Pointer])[] = [
    ...Object.entries(cases).map(([text, attribute]) => [attribute, [...pointer, 'cases', text]] as const),
    ...(otherwise === undefined ? [] : [[otherwise, [...pointer, 'otherwise']] as const]),
  ];
  return inner.flatMap(([attribute, at]) => {
    if (distributionOf(attribute).by === undefined) return checkAttribute(attribute, at);
    const message = 'one attribute decides, and not another one after it';
    const expected = 'a case without `by`';
    return [{ code: 'invalid-value', pointer: [...at, 'by'], message, expected, fix: 'write out its values' }];
  });
}

function checkWeights(weights: WeightsDocument, pointer: Pointer): readonly Finding[] {
  return checkTotal(Object.values(weights), pointer);
}

function checkTotal(weights: readonly number[], pointer: Pointer): readonly Finding[] {
  if (weights.some((weight) => weight > 0)) return [];
  const message = 'one of these must be possible';
  return [
    {
      code: 'out-of-range',
      pointer,
      message,
      found: 'weights that are all 0',
      expected: 'a weight above 0',
      fix: 'raise one of the weights',
    },
  ];
}

function checkVersions(versions: WeightsDocument, pointer: Pointer): readonly Finding[] {
  const wrong = Object.keys(versions).filter(
    (text) => !/^[\w.+-]+$/.test(text) || parseRange(`=${text}`) === undefined,
  );
  return wrong.map((text) => ({
    code: 'semver-invalid',
    pointer: [...pointer, text],
    at: 'key',
    message: 'this is no version',
    found: excerpt(text),
    expected: 'a version by SemVer 2.0, such as 6.4.0',
    fix: 'use `values` for what is no version',
  }));
}

function checkNumber(number: NumberDocument, pointer: Pointer): readonly Finding[] {
  const { from, to, mean, median, p90 = 0 } = number;
  const wrong = (key: string, message: string, expected: string, fix: string): readonly Finding[] => [
    {
      code: 'invalid-value',
      pointer: [...pointer, ...(Object.hasOwn(number, key) ? [key] : [])],
      message,
      expected,
      fix,
    },
  ];
  if (mean !== undefined && median !== undefined) {
    return wrong(
      'median',
      'a number has one distribution',
      '`mean` or `median`',
      'remove one of the two, and what belongs to it',
    );
  }
  if (mean === undefined && median === undefined && (from === undefined || to === undefined)) {
    const message = 'nothing says how large this number is';
    return wrong('', message, '`from` and `to`, `mean` and `deviation`, or `median` and `p90`', 'add what is missing');
  }
  if (from !== undefined && to !== undefined && from > to) {
    return wrong('to', '`to` lies below `from`', `a number of at least ${from}`, 'exchange the two');
  }
  if (median === undefined || (median > 0 && p90 > median)) return [];
  const message =
    median > 0 ? 'one in ten lies above `p90`, and half above `median`' : 'a median of amounts lies above 0';
  const expected = median > 0 ? `a number above ${median}` : 'a number above 0';
  return wrong(median > 0 ? 'p90' : 'median', message, expected, 'correct it, or use `mean` and `deviation`');
}

function checkSpan(span: SpanDocument | undefined, pointer: Pointer): readonly Finding[] {
  if (span === undefined || parseInstant(span.from) < parseInstant(span.until)) return [];
  return [
    {
      code: 'invalid-value',
      pointer: [...pointer, 'until'],
      message: '`until` is not after `from`, so nothing lies between',
      found: excerpt(span.until),
      expected: `a time after ${span.from}`,
      fix: 'exchange the two',
    },
  ];
}
