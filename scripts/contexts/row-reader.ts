/** Files of contexts row by row, for commands that look at each once: with progress, and with what was refused. */
import { UsageError } from '../errors.js';
import type { ContextFile, ReadOptions, RefusedRow, WeightedContext } from './contexts.js';
import { MAX_REFUSED_EXAMPLES } from './reading/limits.js';
import { parseBatch } from './reading/parse-batch.js';

/** Fewer rows than this may always be refused: somebody's file of five with a slip in it. */
const ALWAYS_REFUSED = 100;

/** A file of which more is refused is not what the caller takes it for, and what is left of it is no sample. */
const MAX_REFUSED_SHARE = 0.1;

/** Rows that were no contexts. */
export interface Refused {
  readonly rows: number;
  /** The first few. */
  readonly examples: readonly RefusedRow[];
}

/** What a file gave. */
export interface ReadFile {
  readonly name: string;
  readonly format: string;
  /** Contexts in it. */
  readonly rows: number;
}

/** Reads files that were opened; may be asked for their rows once. */
export class RowReader {
  readonly #files: { name: string; format: string; rows: number }[] = [];
  readonly #examples: RefusedRow[] = [];
  #refused = 0;

  constructor(
    private readonly opened: readonly ContextFile[],
    private readonly options: ReadOptions,
    private readonly progress: (message: string) => void,
    /** What is being done, for the progress: `Reading`. */
    private readonly verb = 'Reading',
  ) {}

  /**
   * The contexts of a batch at a time, in the order of the files and their rows.
   * @throws UsageError where a file can't be read, or where nearly nothing in it is a context
   */
  async *batches(): AsyncGenerator<readonly WeightedContext[]> {
    for (const file of this.opened) {
      const read = { name: file.name, format: file.format, rows: 0 };
      this.#files.push(read);
      for await (const batch of file.batches((bytes) => this.#tell(file, bytes))) {
        const { contexts, refused } = parseBatch(batch, this.options);
        read.rows += contexts.length;
        this.#refuse(refused);
        if (contexts.length > 0) yield contexts;
      }
    }
    const { rows } = this;
    if (rows === 0) throw new UsageError(`there is no context in ${this.#names()}${this.#example()}`);
    if (this.#refused > Math.max(ALWAYS_REFUSED, (rows + this.#refused) * MAX_REFUSED_SHARE)) {
      throw new UsageError(
        `${this.#refused.toLocaleString('en')} of ${(rows + this.#refused).toLocaleString('en')} rows of ` +
          `${this.#names()} are no contexts, more than a tenth; mend the file, or leave it out${this.#example()}`,
      );
    }
  }

  /** The files, as far as they were read. */
  get files(): readonly ReadFile[] {
    return this.#files;
  }

  /** How many contexts there were so far. */
  get rows(): number {
    return this.#files.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** What was refused so far. */
  get refused(): Refused {
    return { rows: this.#refused, examples: this.#examples };
  }

  #refuse(refused: readonly RefusedRow[]): void {
    this.#refused += refused.length;
    this.#examples.push(...refused.slice(0, MAX_REFUSED_EXAMPLES - this.#examples.length));
  }

  #tell({ name, bytes }: ContextFile, read: number): void {
    const percent = bytes === 0 ? '' : `: ${Math.min(100, Math.floor((100 * read) / bytes))} %`;
    this.progress(`${this.verb} ${name}${percent}`);
  }

  #names(): string {
    const [first, ...others] = this.opened;
    return others.length === 0 ? (first?.name ?? 'no file') : `these ${this.opened.length} files`;
  }

  #example(): string {
    const [first] = this.#examples;
    return first === undefined ? '' : `\n${refusedWords(first)}`;
  }
}

/** A refused row as a line: `a.jsonl:7: expected …`. */
export function refusedWords({ file, row, message }: RefusedRow): string {
  return `${file}:${row}: ${message}`;
}
