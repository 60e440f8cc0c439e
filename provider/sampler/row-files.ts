/** Rows in files of JSON Lines: each whole or not there, readable by their owner only, the oldest removed. */
import { randomBytes } from 'node:crypto';
import { lstat, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Where rows are written. */
export interface RowFilesOptions {
  /** A folder, by its path and not by a symlink. */
  readonly folder: string;
  /** A row that would make a file longer goes into the next. */
  readonly maxFileBytes: number;
  /** Of all processes that write into the folder. */
  readonly maxFiles: number;
}

/** The name begins with the time, in UTC: by name is by age. */
const NAME = /^contexts-\d{8}T\d{9}Z-[0-9a-f]{12}-\d{4}\.jsonl$/;

/** Hidden, so that nobody who reads `*.jsonl` comes upon half of a file. */
const UNFINISHED = /^\.contexts-\d{8}T\d{9}Z-[0-9a-f]{12}-\d{4}\.jsonl\.tmp$/;

/** A file that a process left unfinished when it died; one that is being written is younger by far. */
const ABANDONED_MS = 3_600_000;

/** Contexts of an application's users are nobody else's. */
const MODE = 0o600;

/** How much is handed to the file system at once, in UTF-16 units. */
const CHUNK_LENGTH = 65_536;

/** Writes into one folder. */
export class RowFiles {
  #lastTime = 0;

  constructor(private readonly options: RowFilesOptions) {}

  /**
   * Writes lines, each without its end, into as many files as it takes.
   * @param written is told how many rows each file has that is in its place
   * @throws Error of the file system; files that were whole by then stay
   */
  async write(lines: AsyncIterable<string>, written: (rows: number) => void): Promise<void> {
    await checkFolder(this.options.folder);
    // Later than the last, so that two windows of a millisecond are in order too.
    this.#lastTime = Math.max(this.#lastTime + 1, Date.now());
    const time = new Date(this.#lastTime).toISOString().replaceAll(/[-:.]/g, '');
    const window = `contexts-${time}-${randomBytes(6).toString('hex')}`;
    let file: RowFile | undefined;
    let part = 0;
    try {
      for await (const line of lines) {
        if (file?.hasRoom(line, this.options.maxFileBytes) === false) {
          written(await file.finish());
          file = undefined;
        }
        file ??= await RowFile.open(this.options.folder, `${window}-${String(part++).padStart(4, '0')}.jsonl`);
        await file.add(line);
      }
      if (file !== undefined) written(await file.finish());
    } catch (error) {
      await file?.abandon();
      throw error;
    }
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const { folder, maxFiles } = this.options;
    const names = await readdir(folder);
    const finished = names.filter((name) => NAME.test(name)).sort();
    for (const name of finished.slice(0, Math.max(0, finished.length - maxFiles))) await removeFile(join(folder, name));
    for (const name of names.filter((name) => UNFINISHED.test(name))) {
      const found = await lstat(join(folder, name)).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS) await removeFile(join(folder, name));
    }
  }
}

/** @throws Error where a path is not that of a folder itself */
export async function checkFolder(folder: string): Promise<void> {
  const found = await lstat(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is no folder${found.isSymbolicLink() ? ', but a symlink' : ''}`);
}

/** Another process may have been there first. */
function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}

class RowFile {
  #pending = '';
  #bytes = 0;
  #rows = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly unfinished: string,
    private readonly path: string,
  ) {}

  static async open(folder: string, name: string): Promise<RowFile> {
    const unfinished = join(folder, `.${name}.tmp`);
    return new RowFile(await open(unfinished, 'wx', MODE), unfinished, join(folder, name));
  }

  hasRoom(line: string, maxFileBytes: number): boolean {
    return this.#rows === 0 || this.#bytes + Buffer.byteLength(line) < maxFileBytes;
  }

  async add(line: string): Promise<void> {
    this.#pending += `${line}\n`;
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#rows++;
    if (this.#pending.length >= CHUNK_LENGTH) await this.#write();
  }

  /** Puts it in its place; gives its rows. */
  async finish(): Promise<number> {
    await this.#write();
    await this.handle.datasync();
    await this.handle.close();
    await rename(this.unfinished, this.path);
    return this.#rows;
  }

  async abandon(): Promise<void> {
    // What went wrong is thrown already; and a file may be closed by the time it can't be renamed.
    await this.handle.close().catch(() => undefined);
    await removeFile(this.unfinished).catch(() => undefined);
  }

  async #write(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    await this.handle.appendFile(text);
  }
}
