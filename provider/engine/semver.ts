/**
 * Versions by SemVer 2.0 precedence, and ranges of them. A leading `v` and a missing minor or patch are accepted;
 * build metadata is ignored. Testing a version allocates nothing: it is scanned in place.
 */

/** Longest version that is looked at, in UTF-16 units: node-semver's limit. */
const MAX_VERSION_LENGTH = 256;

/** An operand of a range: parsed once, when its flag is compiled. */
interface Version {
  readonly core: readonly [major: number, minor: number, patch: number];
  /** The identifiers after the hyphen; empty for a release. */
  readonly prerelease: readonly string[];
}

// The version that is being looked at, and whether it is one. Nothing here awaits, so two can never interleave. A flag
// with several rules on one version scans it once.
let scanned = '';
let isVersion = false;
const core: [number, number, number] = [0, 0, 0];
let prereleaseStart = 0;
let prereleaseEnd = 0;

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const isIdentifierUnit = (unit: number): boolean =>
  isDigit(unit) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x2d;

/** Brings a version into the scratch variables above; false for what is none. */
function scan(text: string): boolean {
  // What is longer is not kept either.
  if (text.length > MAX_VERSION_LENGTH) return false;
  if (text !== scanned) {
    isVersion = read(text);
    scanned = text;
  }
  return isVersion;
}

function read(text: string): boolean {
  let at = text.charCodeAt(0) === 0x76 ? 1 : 0;
  core[1] = core[2] = 0;
  let parts = 0;
  for (; parts < 3; parts++) {
    if (parts > 0 && text.charCodeAt(at) !== 0x2e) break;
    const start = parts > 0 ? ++at : at;
    let number = 0;
    for (; isDigit(text.charCodeAt(at)); at++) number = number * 10 + (text.charCodeAt(at) - 0x30);
    const hasLeadingZero = at - start > 1 && text.charCodeAt(start) === 0x30;
    if (at === start || hasLeadingZero || number > Number.MAX_SAFE_INTEGER) return false;
    core[parts] = number;
  }
  prereleaseStart = prereleaseEnd = at;
  if (parts === 3 && text.charCodeAt(at) === 0x2d) {
    prereleaseStart = at + 1;
    prereleaseEnd = at = skipIdentifiers(text, prereleaseStart, true);
  }
  if (parts === 3 && at > 0 && text.charCodeAt(at) === 0x2b) at = skipIdentifiers(text, at + 1, false);
  return at === text.length;
}

/** The end of dot-separated identifiers, or −1; in a prerelease, numeric ones may not begin with a zero. */
function skipIdentifiers(text: string, from: number, isPrerelease: boolean): number {
  for (let at = from; ; at++) {
    const start = at;
    let isNumeric = true;
    for (; isIdentifierUnit(text.charCodeAt(at)); at++) isNumeric &&= isDigit(text.charCodeAt(at));
    if (at === start) return -1;
    if (isPrerelease && isNumeric && at - start > 1 && text.charCodeAt(start) === 0x30) return -1;
    if (text.charCodeAt(at) !== 0x2e) return at;
  }
}

function parseVersion(text: string): Version | undefined {
  if (!scan(text)) return undefined;
  const prerelease = text.slice(prereleaseStart, prereleaseEnd);
  return { core: [...core], prerelease: prerelease === '' ? [] : prerelease.split('.') };
}

/** The scanned version against an operand: negative, zero or positive (SemVer 2.0, section 11). */
function compareScanned(text: string, operand: Version): number {
  const order = core[0] - operand.core[0] || core[1] - operand.core[1] || core[2] - operand.core[2];
  if (order !== 0) return order;
  const isRelease = prereleaseStart === prereleaseEnd;
  if (isRelease || operand.prerelease.length === 0) return Number(isRelease) - Number(operand.prerelease.length === 0);
  let at = prereleaseStart;
  for (const identifier of operand.prerelease) {
    if (at > prereleaseEnd) return -1;
    let end = at;
    while (end < prereleaseEnd && text.charCodeAt(end) !== 0x2e) end++;
    const step = compareIdentifier(text, at, end, identifier);
    if (step !== 0) return step;
    at = end + 1;
  }
  return at > prereleaseEnd ? 0 : 1;
}

function compareIdentifier(text: string, start: number, end: number, identifier: string): number {
  const isNumeric = isAllDigits(text, start, end);
  if (isNumeric !== isAllDigits(identifier, 0, identifier.length)) return isNumeric ? -1 : 1;
  const length = end - start;
  // Without leading zeros the longer number is the greater, of whatever size.
  if (isNumeric && length !== identifier.length) return length - identifier.length;
  for (let i = 0; i < length && i < identifier.length; i++) {
    const order = text.charCodeAt(start + i) - identifier.charCodeAt(i);
    if (order !== 0) return order;
  }
  return length - identifier.length;
}

function isAllDigits(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}

type Holds = (order: number, operand: Version) => boolean;
const comparators: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ['=', (order) => order === 0],
  ['!=', (order) => order !== 0],
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
  ['^', (order, operand) => order >= 0 && core[0] === operand.core[0]],
  ['~', (order, operand) => order >= 0 && core[0] === operand.core[0] && core[1] === operand.core[1]],
]);

/** One comparator of a range: `>=4.2.0`. */
export interface Comparator {
  readonly operator: string;
  readonly version: string;
}

/** Splits a range into alternatives of comparators; undefined where it is not one. A bare version means `=`. */
export function parseRange(range: string): readonly (readonly Comparator[])[] | undefined {
  const alternatives: Comparator[][] = [];
  for (const alternative of range.split('||')) {
    const comparisons: Comparator[] = [];
    for (const part of alternative.split(' ').filter((text) => text !== '')) {
      const [, operator = '=', version = ''] = /^([=!<>^~]{1,2})?(.*)$/.exec(part) ?? [];
      if (!comparators.has(operator) || parseVersion(version) === undefined) return undefined;
      comparisons.push({ operator, version });
    }
    if (comparisons.length === 0) return undefined;
    alternatives.push(comparisons);
  }
  return alternatives;
}

/** Whether a version string is within the range; false for what is no version. The range must parse. */
export function rangeTest(range: string): (text: string) => boolean {
  const alternatives = (parseRange(range) ?? []).map((comparisons) =>
    comparisons.map(({ operator, version }) => ({
      holds: comparators.get(operator) as Holds,
      operand: parseVersion(version) as Version,
    })),
  );
  return (text) => {
    if (!scan(text)) return false;
    for (const comparisons of alternatives) {
      let isWithin = true;
      for (const { holds, operand } of comparisons) isWithin &&= holds(compareScanned(text, operand), operand);
      if (isWithin) return true;
    }
    return false;
  };
}
