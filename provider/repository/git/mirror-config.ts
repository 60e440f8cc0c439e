/** The configuration of a mirror: with an empty environment, all that decides what git does in it. */
import type { ObjectFormat } from './plumbing.js';

/** A silent or dripping web server is dropped after this time, also when the process that started git was killed. */
const LOW_SPEED_TIME_S = 30;

/** Fewer than the fetches between two collections, so that each finds something to do. */
const MAX_SMALL_PACKS = 25;

/** The first fetch of a large repository: not worth rewriting, and too long to wait for. */
const BIG_PACK_BYTES = 64 * 1024 * 1024;

/** Larger files are received and packed piece by piece, never held in memory; flag files have 1 MiB at most. */
const BIG_FILE_BYTES = 8 * 1024 * 1024;

/**
 * Defects in who-and-when lines that old tools wrote into much history; nothing here reads them. Each makes the
 * strict check, which keeps malformed trees out, refuse all of a repository for ever.
 */
const HARMLESS_DEFECTS = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badName',
  'badTimezone',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'multipleAuthors',
  'zeroPaddedDate',
];

/** The text of a mirror's `config` file; the same for the same format. */
export function mirrorConfiguration(format: ObjectFormat): string {
  const extensions = format === 'sha256' ? ['[extensions]', 'objectFormat = sha256'] : [];
  const lines = [
    '[core]',
    `repositoryFormatVersion = ${format === 'sha256' ? 1 : 0}`,
    'bare = true',
    'hooksPath = /dev/null',
    'logAllRefUpdates = false',
    `bigFileThreshold = ${BIG_FILE_BYTES}`,
    ...extensions,
    '[transfer]',
    'fsckObjects = true',
    '[fetch]',
    'fsckObjects = true',
    'recurseSubmodules = false',
    'writeCommitGraph = false',
    '[fetch "fsck"]',
    ...HARMLESS_DEFECTS.map((defect) => `${defect} = ignore`),
    '[gc]',
    'autoDetach = false',
    `autoPackLimit = ${MAX_SMALL_PACKS}`,
    `bigPackThreshold = ${BIG_PACK_BYTES}`,
    'packRefs = false',
    '[credential]',
    'helper =',
    '[http]',
    'lowSpeedLimit = 1',
    `lowSpeedTime = ${LOW_SPEED_TIME_S}`,
    '[protocol]',
    'allow = never',
    ...['https', 'http', 'ssh', 'file'].flatMap((scheme) => [`[protocol "${scheme}"]`, 'allow = always']),
  ];
  return `${lines.map((line) => (line.startsWith('[') ? line : `\t${line}`)).join('\n')}\n`;
}

/** The object format of the mirror whose `config` file has this text; undefined where it is not ours of today. */
export function formatConfigured(text: string): ObjectFormat | undefined {
  const formats: readonly ObjectFormat[] = ['sha1', 'sha256'];
  return formats.find((format) => text === mirrorConfiguration(format));
}
