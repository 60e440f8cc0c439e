/** A preview as a command's report; or why there is none, as `flagctl check` says it. */
import { bulletList, findingBullet, problemBullet } from '../../control/finding-markdown.js';
import { conflictFinding } from '../../control/conflict.js';
import { counted, emphasised, problemJson, type Report, type Section } from '../../report.js';
import { previewMarkdown } from './markdown.js';
import type { PreviewResult } from '../preview-change.js';
import { previewSections } from './text.js';

/** In characters: what is wrong with files is told in the log, too. */
const MAX_LIST_LENGTH = 14_000;

/** The report of a preview; its findings are for the reader, and make it no other exit code. */
export function previewReport(result: PreviewResult): Report {
  if (!result.ok) return refusedReport(result);
  const { preview } = result;
  return { outcome: 'clean', sections: previewSections(preview), json: preview, markdown: previewMarkdown(preview) };
}

function refusedReport({ conflicts, side, problems }: Extract<PreviewResult, { ok: false }>): Report {
  const count = problems.filter(({ severity }) => severity === 'error').length;
  const isConflict = side === undefined;
  const findings = isConflict ? [conflictFinding(conflicts)] : [];
  const why = isConflict
    ? 'the head cannot be merged into the base'
    : `the ${side === 'base' ? 'base' : 'merge'} does not load, for ${counted(count, 'error')}`;
  const sections: readonly Section[] = [
    { kind: 'problems', problems },
    { kind: 'findings', findings },
    { kind: 'lines', lines: [emphasised('bad', `Nothing is previewed: ${why}.`)] },
  ];
  const bullets = [...problems.map(problemBullet), ...findings.map(findingBullet)];
  const list = bulletList(bullets, { maxLength: MAX_LIST_LENGTH, command: 'flagctl preview' });
  return {
    outcome: 'findings',
    sections,
    json: { conflicts, problems: problems.map(problemJson) },
    markdown: `**Nothing is previewed: ${why}**\n\n${list}\n`,
  };
}
