/** What `flagctl protection` says of a repository's settings. */
import { emphasised, counted, type Report, type Text } from '../report.js';
import { markdownTable } from '../output/markdown-table.js';
import type { Host, Protection } from './protection.js';
import type { Judgement, Setting } from './setting.js';
import { settings } from './settings.js';

/** One setting with what was found. */
export interface JudgedSetting {
  readonly setting: Setting;
  readonly judgement: Judgement;
}

/** Where the settings come from. */
export interface ProtectionSource {
  readonly host: Host;
  readonly protection: Protection;
  /** The name of the status that carries the verdict. */
  readonly status: string;
}

/** Every setting judged, in the order of the table. */
export function judgeSettings({ protection, status }: ProtectionSource): readonly JudgedSetting[] {
  return settings.map((setting) => ({ setting, judgement: setting.judge(protection, status) }));
}

/**
 * The report: the exit code is 1 where a setting that is no advice is missing, or unknown.
 * JSON is `{ branch, host, isControlled, settings: [{ id, state, isAdvice, demand, found, set, readBy }], gaps }`.
 */
export function protectionReport(source: ProtectionSource): Report {
  const judged = judgeSettings(source);
  const open = judged.filter(({ setting, judgement }) => setting.isAdvice !== true && judgement.state !== 'met');
  const { branch, gaps } = source.protection;
  const count = (state: string): number => open.filter(({ judgement }) => judgement.state === state).length;
  const verdict =
    open.length === 0
      ? `${branch} is controlled: every setting is as it must be.`
      : `${branch} is not known to be controlled: ${counted(count('missing'), 'setting')} missing, ${count('unknown')} unknown.`;
  const steps = judged.flatMap(({ setting, judgement }) => stepsOf(setting, judgement, source.host));
  return {
    outcome: open.length === 0 ? 'clean' : 'findings',
    sections: [
      { kind: 'table', table: { columns: COLUMNS, rows: judged.map((one) => rowOf(one)) } },
      ...(steps.length === 0 ? [] : [{ kind: 'lines' as const, lines: ['', ...steps] }]),
      { kind: 'lines', lines: ['', emphasised(open.length === 0 ? 'good' : 'bad', verdict)] },
    ],
    notices: gaps.map((gap) => `not readable: ${gap}`),
    json: {
      branch,
      host: source.host,
      isControlled: open.length === 0,
      settings: judged.map((one) => jsonOf(one, source.host)),
      gaps,
    },
    markdown: `${markdownOf(judged)}\n\n${verdict}\n`,
  };
}

const COLUMNS = [{ heading: '' }, { heading: 'setting', isElastic: true }, { heading: 'found' }] as const;

function rowOf({ setting, judgement }: JudgedSetting): readonly Text[] {
  const emphasis = judgement.state === 'met' ? 'good' : setting.isAdvice === true ? 'warning' : 'bad';
  return [emphasised(emphasis, wordOf(setting, judgement)), setting.demand, judgement.found ?? ''];
}

function wordOf({ isAdvice }: Setting, { state }: Judgement): string {
  return isAdvice === true && state !== 'met' ? `${state} (advice)` : state;
}

function stepsOf({ id, set, readBy, without }: Setting, { state }: Judgement, host: Host): readonly string[] {
  if (state === 'met') return [];
  const why = `${id}: without it, ${without}.`;
  return state === 'missing'
    ? [why, `  ${set[host]}`]
    : [why, `  It was not shown; the token needs ${readBy[host]}. ${set[host]}`];
}

function jsonOf({ setting, judgement }: JudgedSetting, host: Host): unknown {
  const { id, isAdvice = false, demand, set, readBy } = setting;
  const { state, found = null } = judgement;
  return { id, state, isAdvice, demand, found, set: set[host], readBy: readBy[host] };
}

function markdownOf(judged: readonly JudgedSetting[]): string {
  const rows = judged.map(({ setting, judgement }) => [
    wordOf(setting, judgement),
    setting.demand,
    judgement.found ?? '',
  ]);
  return markdownTable([{ heading: '' }, { heading: 'Setting' }, { heading: 'Found' }], rows);
}
