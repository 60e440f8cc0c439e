/** JSON schemas as Markdown tables: each object's properties with their types and descriptions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A schema of draft 07, as far as the project uses it. */
interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const typeNames: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  integer: 'whole number',
  array: 'list',
  object: 'map',
};

/** A heading for the schema's file and a table for each kind of object in it. */
export function schemaTables(folder: string, file: string): string {
  const schemas = new SchemaFolder(folder);
  const root = schemas.read(file);
  const objects = [...objectsOf(root, root.title ?? file)];
  const tables = objects.map(([name, schema]) => {
    const heading = name === root.title ? '' : `**\`${name}\`**: `;
    const rows = Object.entries(schema.properties ?? {}).map(([property, inner]) => {
      const mark = schema.required?.includes(property) === true ? ' \\*' : '';
      const { type, description } = schemas.describe(inner, file);
      return `| \`${property}\`${mark} | ${type} | ${escaped(description)} |`;
    });
    const head = `${heading}${schema.description ?? ''}`;
    return [head, '', '| Property | Type | Description |', '|---|---|---|', ...rows].join('\n');
  });
  return [`### ${root.title ?? file}: [\`${file}\`](${file})`, ...tables].join('\n\n');
}

/** Every schema that names properties; those that are only tested (`if`, `not`) are no part of the format. */
function* objectsOf(schema: Schema, name: string): Generator<readonly [string, Schema]> {
  if (schema.properties !== undefined && schema.type !== undefined) yield [name, schema];
  for (const [property, inner] of Object.entries(schema.properties ?? {})) yield* objectsOf(inner, property);
  for (const [definition, inner] of Object.entries(schema.definitions ?? {})) yield* objectsOf(inner, definition);
}

/** Schemas that refer to each other by their files' names. */
class SchemaFolder {
  readonly #schemas = new Map<string, Schema>();

  constructor(private readonly folder: string) {}

  read(file: string): Schema {
    const known = this.#schemas.get(file);
    if (known !== undefined) return known;
    const schema = JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as Schema;
    this.#schemas.set(file, schema);
    return schema;
  }

  describe(schema: Schema, file: string): { readonly type: string; readonly description: string } {
    const { target, home } = this.#resolve(schema, file);
    return { type: this.#typeOf(target, home), description: schema.description ?? target.description ?? '' };
  }

  #typeOf(schema: Schema, file: string): string {
    if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
    if (schema.type === undefined) {
      const branches = [schema.then, schema.else].filter((branch) => branch !== undefined);
      const types = branches.flatMap((branch) => this.describe(branch, file).type.split(' or '));
      return types.length === 0 ? 'anything' : [...new Set(types)].toSorted().toReversed().join(' or ');
    }
    const names = [schema.type].flat().map((type) => {
      if (type !== 'array' || schema.items === undefined) return typeNames[type] ?? type;
      return `list of: ${this.describe(schema.items, file).type}`;
    });
    return names.join(' or ');
  }

  #resolve(schema: Schema, file: string): { readonly target: Schema; readonly home: string } {
    if (schema.$ref === undefined) return { target: schema, home: file };
    const [other = '', pointer = ''] = schema.$ref.split('#');
    const home = other === '' ? file : other;
    const name = pointer.replace(/^\/definitions\//, '');
    const target = name === '' || name === '/' ? this.read(home) : this.read(home).definitions?.[name];
    if (target === undefined) throw new Error(`${file} refers to nothing: ${schema.$ref}`);
    return this.#resolve(target, home);
  }
}

/** A bar ends a cell, also in code. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
