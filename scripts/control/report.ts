/** A verdict as a report for a terminal: what changes, what it needs, what is wrong, and last whether it may be merged. */
import { changeSections } from '../change/rendering.js';
import { wrapped } from '../output/wrap.js';
import type { Preview } from '../impact/preview.js';
import { emphasised, type Report, type Section, type Text } from '../report.js';
import { verdictMarkdown } from './verdict-markdown.js';
import { conclusionOf, inOrder, isNothing, needLines, type NeedLine, type Subject } from './verdict-words.js';
import { verdictJson, type Verdict } from './verdict.js';

const EMPHASIS = { refused: 'bad', open: 'good', passes: 'good' } as const;

/** The report of a verdict. @param preview what it was given, for a comment to show; one that does not count is left out */
export function verdictReport(verdict: Verdict, subject: Subject = 'change', preview?: Preview): Report {
  const { problems, outcome } = verdict;
  const { kind, text } = conclusionOf(verdict, subject);
  const sections: Section[] = [
    ...flagSections(verdict),
    { kind: 'lines', lines: needTexts(verdict, subject) },
    { kind: 'problems', problems },
    { kind: 'findings', findings: inOrder(verdict.findings) },
    { kind: 'lines', lines: [emphasised(EMPHASIS[kind], `${text}.`)] },
  ];
  return {
    outcome: outcome === 'passes' ? 'clean' : 'findings',
    sections,
    json: verdictJson(verdict),
    markdown: verdictMarkdown(verdict, subject, verdict.blastRadius && preview),
  };
}

function flagSections(verdict: Verdict): readonly Section[] {
  if (verdict.approvals.needed === undefined || isNothing(verdict)) return [];
  return [...changeSections(verdict.flags), { kind: 'lines', lines: [''] }];
}

/** The longest name, and a gap. */
const NAME_WIDTH = 'approvals'.length + 2;

function needTexts(verdict: Verdict, subject: Subject): readonly Text[] {
  const lines = needLines(verdict, subject).flatMap(needText);
  return lines.length === 0 ? [] : [...lines, ''];
}

function needText({ name, lines, emphasis }: NeedLine): readonly Text[] {
  const indent = ' '.repeat(NAME_WIDTH);
  const [first = '', ...more] = lines.flatMap((line) => wrapped(line, indent, `${indent}  `));
  const text = first.slice(NAME_WIDTH);
  return [
    [emphasised('strong', name.padEnd(NAME_WIDTH)), emphasis === undefined ? text : emphasised(emphasis, text)],
    ...more,
  ];
}
