// What is there of files that are still coming: in the store itself, so that a machine that replaces this one goes on with them.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredImage, TransferReport } from '@strata/domain';

const folder = '.incoming';
const idPattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/;

/** Kept beside the bytes. */
export interface PartRecord {
  readonly kind: 'download' | 'upload';
  readonly state: 'transferring' | 'done' | 'failed';
  /** What the server calls this version of the file. */
  readonly validator: string;
  readonly bytesTotal: number | null;
  /** So many of the bytes are in the store for certain; what lies behind them may have holes. */
  readonly bytesSafe: number;
  readonly message: string;
  readonly image: StoredImage | null;
}

export class Part {
  readonly id: string;
  readonly store: string;
  /** Where the store is mounted. */
  readonly root: string;
  readonly #base: string;

  constructor(store: string, root: string, id: string) {
    this.id = id;
    this.store = store;
    this.root = root;
    this.#base = join(root, folder, id);
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
    // Nobody lists it, but the tools that judge images, which run as nobody, pass.
    await mkdir(join(this.root, folder), { recursive: true, mode: 0o711 });
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
export async function partsIn(store: string, root: string): Promise<Part[]> {
  const names = await readdir(join(root, folder)).catch(() => []);
  return names.flatMap((name) => {
    const id = idPattern.exec(name)?.[1];
    return id === undefined ? [] : [new Part(store, root, id)];
  });
}

/** As the management server hears of a transfer that nobody works at. */
export function reportOf(part: Part, record: PartRecord): TransferReport {
  const { kind, bytesTotal, bytesSafe, message, image } = record;
  const bytesDone = record.state === 'done' ? (bytesTotal ?? 0) : bytesSafe;
  const state = record.state === 'transferring' ? 'paused' : record.state;
  return { id: part.id, store: part.store, kind, state, bytesDone, bytesTotal, bytesPerSecond: 0, message, image };
}
