// The journal file of a simulated fleet: JSON lines, appended one by one, read back at start and whenever somebody else appended.
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type FleetRecord, parseRecord } from './fleet-records.ts';

const chunkBytes = 1 << 20;

/**
 * Lines reach the kernel before `append` returns, so a kill -9 of the process loses nothing; no fsync, so a power cut of the machine may.
 * A line torn by a crash is skipped when it is read and closed off before the next one is written.
 */
export class Journal {
  readonly #path: string;
  #file: number;
  #inode: number;
  /** Everything before it has been handed out. */
  #offset = 0;
  linesRead = 0;
  /** Lines that were no record, such as one torn by a crash. */
  skippedLines = 0;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a+', 0o600);
    const { ino, size } = fstatSync(this.#file);
    this.#inode = ino;
    if (size > 0 && this.#lastByte(size) !== 0x0a) writeSync(this.#file, '\n');
  }

  /** True when nobody else appended since the last read, so that the caller may apply the record itself instead of reading it. */
  append(record: FleetRecord): boolean {
    const bytes = writeSync(this.#file, `${JSON.stringify(record)}\n`);
    const isAlone = fstatSync(this.#file).size === this.#offset + bytes;
    if (isAlone) this.#offset += bytes;
    return isAlone;
  }

  /** `replaced` when the file is another one than before (compacted or deleted by somebody): the caller starts from an empty state. */
  look(): 'same' | 'grown' | 'replaced' {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found?.ino === this.#inode) return found.size === this.#offset ? 'same' : found.size > this.#offset ? 'grown' : this.#restart();
    closeSync(this.#file);
    this.#file = openSync(this.#path, 'a+', 0o600);
    this.#inode = fstatSync(this.#file).ino;
    return this.#restart();
  }

  /** Whole lines from where the last read ended; an unfinished line at the end waits for its rest. */
  *read(): Generator<FleetRecord> {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    let position = this.#offset;
    for (
      let size = readSync(this.#file, chunk, 0, chunkBytes, position);
      size > 0;
      size = readSync(this.#file, chunk, 0, chunkBytes, position)
    ) {
      const lineEnd = chunk.subarray(0, size).lastIndexOf(0x0a);
      const lines = (rest + decoder.write(chunk.subarray(0, size))).split('\n');
      rest = lines.pop() ?? '';
      if (lineEnd >= 0) this.#offset = position + lineEnd + 1;
      position += size;
      this.linesRead += lines.length;
      for (const line of lines) {
        const record = parseRecord(line);
        if (record !== undefined) yield record;
        else if (line !== '') this.skippedLines += 1;
      }
    }
  }

  get sizeBytes(): number {
    return fstatSync(this.#file).size;
  }

  /** Puts a file with these records alone in place of the journal; readers notice by its inode. */
  compact(records: Iterable<FleetRecord>): void {
    const beside = `${this.#path}.${process.pid}.new`;
    const file = openSync(beside, 'w', 0o600);
    let lines: string[] = [];
    for (const record of records) {
      lines.push(JSON.stringify(record));
      if (lines.length < 1_000) continue;
      writeSync(file, `${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(beside, this.#path);
    closeSync(this.#file);
    this.#file = openSync(this.#path, 'a+', 0o600);
    const { ino, size } = fstatSync(this.#file);
    this.#inode = ino;
    this.#offset = size;
  }

  close(): void {
    closeSync(this.#file);
  }

  #restart(): 'replaced' {
    this.#offset = 0;
    return 'replaced';
  }

  #lastByte(size: number): number | undefined {
    const last = Buffer.alloc(1);
    readSync(this.#file, last, 0, 1, size - 1);
    return last[0];
  }
}
