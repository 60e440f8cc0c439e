/** Long lines of text for a terminal. */

/** In characters: a terminal's usual width, which logs and e-mails show whole, too. */
const WIDTH = 80;

/** Lines of at most eighty characters where words allow it; `indent` begins the first, `further` the others. */
export function wrapped(text: string, indent = '', further = indent): readonly string[] {
  const [first = '', ...others] = text.split(' ');
  const lines = [indent + first];
  for (const part of others) {
    const last = lines[lines.length - 1] ?? '';
    const isFull = Array.from(last).length + 1 + Array.from(part).length > WIDTH;
    if (isFull) lines.push(further + part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines;
}
