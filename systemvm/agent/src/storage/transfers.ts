// The transfers of this machine: begins, ends and reports them. What is known of one lies in its store, and survives the machine.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DownloadRequest, Problem, type TransferReport, type TransferTarget } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import { fetchFile, type FetchProgress } from './fetch-file.ts';
import { install } from './install.ts';
import { type FetchLimits, usualLimits } from './limits.ts';
import type { Outbound } from './outbound.ts';
import { Part, partsIn, reportOf } from './parts.ts';
import { Slots } from './slots.ts';
import type { Stores } from './store-mounts.ts';

/** At the same time; the others wait. Uploads have their own: slow senders keep no download waiting. */
const parallel = { download: 4, upload: 16 } as const;

interface Live {
  readonly part: Part;
  readonly kind: 'download' | 'upload';
  readonly progress: FetchProgress;
  readonly abort: AbortController;
  state: 'transferring' | 'installing';
  work: Promise<void>;
  /** For the speed: how much was there when it was asked for last. */
  seen: { readonly at: number; readonly bytes: number };
}

export class Transfers {
  outbound: Outbound;
  readonly #stores: Stores;
  readonly #limits: FetchLimits;
  readonly #log: (line: string) => void;
  readonly #live = new Map<string, Live>();
  /** Uploads that were begun: what the store knows of one may be forgotten before its parameters expire. */
  readonly #taken = new Set<string>();
  readonly #slots = { download: new Slots(parallel.download), upload: new Slots(parallel.upload) };

  constructor(stores: Stores, outbound: Outbound, log: (line: string) => void, limits = usualLimits) {
    this.#stores = stores;
    this.outbound = outbound;
    this.#log = log;
    this.#limits = limits;
  }

  async download(request: DownloadRequest): Promise<void> {
    if (this.#live.has(request.id)) return;
    const part = this.#partOf(request);
    const record = await part.read();
    if (record && record.state !== 'transferring') return;
    if (this.#live.has(request.id)) return;
    this.#begin('download', part, request, (progress, signal) =>
      fetchFile({ request, part, outbound: this.outbound, limits: this.#limits, progress, signal }),
    );
  }

  /**
   * Takes a file that somebody sends, once for each id.
   * @param receive writes the part and counts its bytes
   */
  async upload(
    target: TransferTarget,
    bytesTotal: number | null,
    receive: (part: Part, progress: FetchProgress, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const part = this.#partOf(target);
    // A file that has its place was judged, and no other takes it: also in an agent that did not see the upload.
    const isUsed = this.#taken.has(target.id) || (await part.read()) !== undefined || (await isThere(join(part.root, target.path)));
    if (isUsed || this.#taken.has(target.id))
      throw new AgentProblem('invalid', 'these upload parameters were used already: ask for new ones');
    this.#taken.add(target.id);
    let settle: (error?: unknown) => void = () => undefined;
    const received = new Promise<void>((done, fail) => (settle = (error) => (error === undefined ? done() : fail(error as Error))));
    this.#begin('upload', part, target, async (progress, signal) => {
      progress.bytesTotal = bytesTotal;
      try {
        await part.write({ kind: 'upload', state: 'transferring', validator: '', bytesTotal, bytesSafe: 0, message: '', image: null });
        await receive(part, progress, signal);
        settle();
      } catch (error) {
        settle(error);
        throw error;
      }
    });
    // Ended before its turn came: then nothing was received, and nothing else says so.
    void this.#live.get(target.id)?.work.then(() => settle(new AgentProblem('missing', 'the upload was ended')));
    await received;
  }

  async forget(id: string, store: string): Promise<void> {
    const live = this.#live.get(id);
    live?.abort.abort();
    await live?.work;
    if (this.#stores.isMounted(store)) await new Part(store, this.#stores.folderOf(store), id).remove();
  }

  async report(): Promise<TransferReport[]> {
    const reports: TransferReport[] = [];
    for (const store of this.#stores.mounted) {
      for (const part of await partsIn(store, this.#stores.folderOf(store))) {
        const live = this.#live.get(part.id);
        const record = live ? undefined : await part.read();
        if (record) reports.push(reportOf(part, interrupted(record)));
      }
    }
    return [...reports, ...[...this.#live.values()].map((live) => liveReport(live))];
  }

  async stop(): Promise<void> {
    for (const { abort } of this.#live.values()) abort.abort();
    await Promise.all([...this.#live.values()].map(({ work }) => work));
  }

  #partOf({ store, id }: { readonly store: string; readonly id: string }): Part {
    if (!this.#stores.isMounted(store)) throw new AgentProblem('missing', 'the secondary storage is not mounted');
    return new Part(store, this.#stores.folderOf(store), id);
  }

  #begin(
    kind: Live['kind'],
    part: Part,
    target: TransferTarget,
    bring: (progress: FetchProgress, signal: AbortSignal) => Promise<void>,
  ): void {
    const live: Live = {
      part,
      kind,
      progress: { bytesDone: 0, bytesTotal: null, message: '' },
      abort: new AbortController(),
      state: 'transferring',
      work: Promise.resolve(),
      seen: { at: performance.now(), bytes: 0 },
    };
    this.#live.set(part.id, live);
    live.work = this.#run(live, target, bring)
      .catch((error: unknown) => this.#log(`transfer ${part.id} could not be written down: ${String(error)}`))
      .finally(() => this.#live.delete(part.id));
  }

  async #run(live: Live, target: TransferTarget, bring: (progress: FetchProgress, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { part, kind, progress } = live;
    const { signal } = live.abort;
    const ended = { kind, validator: '', bytesTotal: null, bytesSafe: 0 };
    try {
      const image = await this.#inTurn(kind, signal, async () => {
        await bring(progress, signal);
        live.state = 'installing';
        return install(part, target, signal);
      });
      await part.write({ ...ended, bytesTotal: progress.bytesDone, state: 'done', message: '', image });
      await part.removeBytes();
    } catch (error) {
      if (signal.aborted) return;
      await part.removeBytes();
      await part.write({ ...ended, state: 'failed', message: wordsOf(error), image: null });
      this.#log(`transfer ${part.id} failed: ${wordsOf(error)}`);
    }
  }

  async #inTurn<T>(kind: Live['kind'], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const slots = this.#slots[kind];
    await slots.enter(signal);
    try {
      return await work();
    } finally {
      slots.leave();
    }
  }
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** An upload ends with the machine that took it: whoever sends it has to begin again. */
function interrupted(record: Parameters<typeof reportOf>[1]): Parameters<typeof reportOf>[1] {
  if (record.kind === 'download' || record.state !== 'transferring') return record;
  return { ...record, state: 'failed', message: 'the secondary storage VM ended during the upload: ask for upload parameters again' };
}

function liveReport(live: Live): TransferReport {
  const { part, kind, progress, state, seen } = live;
  const now = performance.now();
  const seconds = (now - seen.at) / 1_000;
  const bytesPerSecond = seconds > 0.1 ? Math.max(0, Math.round((progress.bytesDone - seen.bytes) / seconds)) : 0;
  live.seen = { at: now, bytes: progress.bytesDone };
  const { bytesDone, bytesTotal, message } = progress;
  return { id: part.id, store: part.store, kind, state, bytesDone, bytesTotal, bytesPerSecond, message, image: null };
}

function wordsOf(error: unknown): string {
  if (error instanceof AgentProblem || error instanceof Problem) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the secondary storage is full';
  if (code === 'EROFS' || code === 'EACCES') return 'the secondary storage can not be written';
  return error instanceof Error ? error.message : String(error);
}
