/** A table of the values that some flags have for some contexts. */
import { styleText } from 'node:util';
import type { Client, EvaluationContext, EvaluationDetails, JsonValue } from '@openfeature/server-sdk';
import type { ValueKind } from '../../provider/index.js';

/** A context with a name to show. */
export interface Sample {
  readonly name: string;
  readonly context: EvaluationContext;
}

/** A flag to show. */
export interface ShownFlag {
  readonly key: string;
  readonly kind: ValueKind;
}

const MAX_CELL = 30;

/** Evaluates each flag for each sample through the client and lays the results out in columns. */
export async function renderTable(
  client: Client,
  flags: readonly ShownFlag[],
  samples: readonly Sample[],
): Promise<string> {
  const rows = [['flag', ...samples.map(({ name }) => name)]];
  for (const flag of flags) {
    const cells = samples.map(async ({ context }) => cell(await evaluate(client, flag, context)));
    rows.push([flag.key, ...(await Promise.all(cells))]);
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [styleText('bold', lines[0] ?? ''), ...lines.slice(1)].join('\n');
}

function evaluate(
  client: Client,
  { key, kind }: ShownFlag,
  context: EvaluationContext,
): Promise<EvaluationDetails<JsonValue>> {
  switch (kind) {
    case 'boolean':
      return client.getBooleanDetails(key, false, context);
    case 'string':
      return client.getStringDetails(key, '', context);
    case 'number':
      return client.getNumberDetails(key, 0, context);
    case 'object':
      return client.getObjectDetails(key, {}, context);
  }
}

function cell({ value, variant, reason }: EvaluationDetails<JsonValue>): string {
  const text = `${typeof value === 'object' ? (variant ?? '') : String(value)} ${String(reason)}`;
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
