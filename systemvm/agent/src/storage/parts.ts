// What is there of files that are still coming: in the store itself, so that a machine that replaces this one goes on with them.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredImage, TransferReport } from '@strata/domain';
import { mountPoint } from './store-mounts.ts';

const folder = '.incoming';
const idPattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/;

/** Kept beside the bytes. */
export interface PartRecord {
  readonly kind: 'download' | 'upload';
  readonly state: 'transferring' | 'done' | 'failed';
  /** What the server calls this version of the file. */
  readonly validator: string;
  readonly bytesTotal: number | null;
  readonly message: string;
  readonly image: StoredImage | null;
}

export class Part {
  readonly id: string;
  readonly store: string;
  readonly #base: string;

  constructor(store: string, id: string) {
    this.id = id;
    this.store = store;
    this.#base = join(mountPoint(store), folder, id);
  }

  /** The bytes as they come. */
  get file(): string {
    return `${this.#base}.part`;
  }

  /** What they unpack to. */
  get unpacked(): string {
    return `${this.#base}.image`;
  }

  async read(): Promise<PartRecord | undefined> {
    const text = await readFile(`${this.#base}.json`, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as PartRecord;
    } catch {
      return undefined;
    }
  }

  async write(record: PartRecord): Promise<void> {
    await mkdir(join(mountPoint(this.store), folder), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#base}.json.half`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${this.#base}.json.half`, `${this.#base}.json`);
  }

  async removeBytes(): Promise<void> {
    for (const file of [this.file, this.unpacked]) await rm(file, { force: true });
  }

  async remove(): Promise<void> {
    await this.removeBytes();
    for (const end of ['json.half', 'json']) await rm(`${this.#base}.${end}`, { force: true });
  }
}

/** The transfers that the store knows of. */
export async function partsIn(store: string): Promise<Part[]> {
  const names = await readdir(join(mountPoint(store), folder)).catch(() => []);
  return names.flatMap((name) => {
    const id = idPattern.exec(name)?.[1];
    return id === undefined ? [] : [new Part(store, id)];
  });
}

/** As the management server hears of a transfer that nobody works at. */
export function reportOf(part: Part, record: PartRecord): TransferReport {
  const { kind, bytesTotal, message, image } = record;
  const bytesDone = record.state === 'done' ? (bytesTotal ?? 0) : 0;
  const state = record.state === 'transferring' ? 'paused' : record.state;
  return { id: part.id, store: part.store, kind, state, bytesDone, bytesTotal, bytesPerSecond: 0, message, image };
}
