/** The one style of the files under a flags folder. */
import { arrange } from './arrange.js';
import { hasComment, type Remark } from './node.js';
import { printRoot } from './print.js';
import { read, withoutMark, type SourceDocument } from './read.js';
import { styles, type DocumentKind } from './style.js';

/** The comment by which editors find a file's schema: https://github.com/redhat-developer/yaml-language-server */
const MODELINE = /^#\s*yaml-language-server:/;

/**
 * A file in the one style: the format page's order of keys, rules and stages on a line each, blank lines where git's
 * merges need them, quotes where some parser needs them; every comment stays with its value. Formatting what is
 * formatted changes nothing.
 * @param schema the path of the file's schema, from the file; left out, the file keeps the one it names
 * @throws Error for a text that a flag repository refuses as YAML
 */
export function format(kind: DocumentKind, text: string, schema?: string): string {
  const style = styles[kind];
  const document = read(withoutMark(text));
  const { modelines, header, root } = withoutModelines(document);
  const modeline = schema === undefined ? modelines[0] : `# yaml-language-server: $schema=${schema}`;
  const lines = [...(modeline === undefined ? [] : [modeline]), ...header, ...printRoot(arrange(root, style), style)];
  return lines.map((line) => `${line}\n`).join('');
}

/** Whether a comment names a file's schema to editors. */
export function isModeline(comment: Remark): boolean {
  return MODELINE.test(comment);
}

function withoutModelines({ header, root, loose }: SourceDocument) {
  const isOther = (remark: Remark): boolean => !isModeline(remark);
  const first = root.kind === 'scalar' ? undefined : root.items[0];
  const above = first?.above ?? [];
  const modelines = [...header, ...loose, ...above].filter(isModeline);
  if (first !== undefined) above.splice(0, above.length, ...above.filter(isOther));
  const kept = [...header, ...loose].filter(isOther);
  const isApart = first !== undefined && hasComment(kept);
  return { modelines, header: isApart ? [...withoutEdges(kept), ''] : withoutEdges(kept), root };
}

/** Without blank lines at the ends, and at most one in a row. */
function withoutEdges(remarks: readonly Remark[]): readonly Remark[] {
  const kept = remarks.filter((remark, index) => remark !== '' || (index > 0 && remarks[index - 1] !== ''));
  return kept.at(-1) === '' ? kept.slice(0, -1) : kept;
}
