// The bytes of a file that comes, in its store: how many of them a machine that ends suddenly leaves for certain is noted beside them.
import { type FileHandle, open } from 'node:fs/promises';
import { AgentProblem } from '../agent-problem.ts';
import { Interrupted } from './outbound.ts';
import type { Part, PartRecord } from './parts.ts';

/** An NFS client writes back out of order: the size of a file says nothing about the holes that a dead machine left in it. */
const safeEveryBytes = 32 * 2 ** 20;
const safeEveryMs = 2_000;

/** Trying again does not help against these. */
const lasting: Partial<Record<string, string>> = {
  ENOSPC: 'the secondary storage is full: make room in it, then try again',
  EDQUOT: 'the secondary storage is full: its quota is used up',
  EROFS: 'the secondary storage can not be written: it is read-only',
  EACCES: 'the secondary storage can not be written: its server denies it',
};

export class KeptBytes {
  /** From the beginning of the file. */
  bytes: number;
  #safe: number;
  #safeAt = performance.now();
  readonly #handle: FileHandle;
  readonly #part: Part;
  readonly #record: PartRecord;

  /** Goes on behind the bytes that are safe by the record. */
  static async open(part: Part, record: PartRecord): Promise<KeptBytes> {
    return new KeptBytes(await open(part.file, record.bytesSafe > 0 ? 'r+' : 'w', 0o600).catch(diskTrouble), part, record);
  }

  private constructor(handle: FileHandle, part: Part, record: PartRecord) {
    this.#handle = handle;
    this.#part = part;
    this.#record = record;
    this.bytes = record.bytesSafe;
    this.#safe = record.bytesSafe;
  }

  /** Throws `AgentProblem` for a store that stays as it is, `Interrupted` for one that may come back. */
  async append(chunk: Buffer): Promise<void> {
    try {
      for (let written = 0; written < chunk.length;) {
        const { bytesWritten } = await this.#handle.write(chunk, written, chunk.length - written, this.bytes);
        written += bytesWritten;
        this.bytes += bytesWritten;
      }
      if (this.bytes - this.#safe >= safeEveryBytes || performance.now() - this.#safeAt >= safeEveryMs) await this.#makeSafe();
    } catch (error) {
      diskTrouble(error);
    }
  }

  async close(): Promise<void> {
    try {
      await this.#handle.truncate(this.bytes);
      await this.#makeSafe();
    } catch (error) {
      diskTrouble(error);
    } finally {
      await this.#handle.close().catch(() => undefined);
    }
  }

  async #makeSafe(): Promise<void> {
    await this.#handle.sync();
    this.#safe = this.bytes;
    this.#safeAt = performance.now();
    await this.#part.write({ ...this.#record, bytesSafe: this.#safe });
  }
}

function diskTrouble(error: unknown): never {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const lastingTrouble = lasting[code];
  if (lastingTrouble !== undefined) throw new AgentProblem('failed', lastingTrouble, error);
  throw new Interrupted(`the secondary storage does not take the file: ${message}`);
}
