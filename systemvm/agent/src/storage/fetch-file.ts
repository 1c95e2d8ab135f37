// Fetches a file into its part, from where an earlier attempt stopped, until all of it is there.
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DownloadRequest } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import { KeptBytes } from './kept-bytes.ts';
import type { FetchLimits } from './limits.ts';
import { Interrupted, type Outbound } from './outbound.ts';
import type { Part, PartRecord } from './parts.ts';

export interface FetchProgress {
  bytesDone: number;
  bytesTotal: number | null;
  /** What it waits for between two attempts. */
  message: string;
}

export interface Fetch {
  readonly request: DownloadRequest;
  readonly part: Part;
  readonly outbound: Outbound;
  readonly limits: FetchLimits;
  readonly progress: FetchProgress;
  readonly signal: AbortSignal;
}

/** Throws `AgentProblem` when it will not come. */
export async function fetchFile(fetch: Fetch): Promise<void> {
  const { progress, signal, limits } = fetch;
  const late = AbortSignal.timeout(limits.wholeMs);
  const either = AbortSignal.any([signal, late]);
  let furthest = 0;
  for (let barren = 0; ; barren += 1) {
    try {
      if (await attempt({ ...fetch, signal: either })) return;
      progress.message = `the file ended after ${amount(progress)}`;
    } catch (error) {
      if (late.aborted && !signal.aborted)
        throw new AgentProblem('failed', `the file did not come within ${limits.wholeMs / 60_000} minutes: use a faster server`, error);
      if (signal.aborted || !(error instanceof Interrupted)) throw error;
      progress.message = error.message;
    }
    if (progress.bytesDone > furthest) {
      furthest = progress.bytesDone;
      barren = 0;
    }
    if (barren + 1 >= limits.barrenAttempts)
      throw new AgentProblem('failed', `${progress.message}: it was tried ${limits.barrenAttempts} times, try again later`);
    await sleep(Math.min(limits.longestPauseMs, limits.firstPauseMs * 2 ** barren), undefined, { signal });
  }
}

/** @returns whether all of the file is there */
async function attempt(fetch: Fetch): Promise<boolean> {
  const { request, part, progress, signal, limits, outbound } = fetch;
  const before = (await part.read()) ?? blank;
  const { validator } = before;
  // Without a name for this version of the file, and without a checksum in the end, two files could be glued together.
  const isSame = validator !== '' || request.checksum !== '';
  const there = isSame && (await holds(part, before.bytesSafe)) ? before.bytesSafe : 0;
  if (there > 0 && there === before.bytesTotal) {
    progress.bytesDone = there;
    return true;
  }
  const answer = await outbound.get(request.url, { from: there, validator, silenceMs: limits.silenceMs, signal });
  try {
    if (answer.statusCode === 416) {
      // The server's file is shorter than what is here: it is another one by now.
      await part.write(blank);
      return false;
    }
    const from = answer.statusCode === 206 ? rangeStart(answer, there, before.bytesTotal) : 0;
    const length = Number(answer.headers['content-length'] ?? Number.NaN);
    const bytesTotal = Number.isSafeInteger(length) ? from + length : null;
    if ((bytesTotal ?? 0) > request.caps.maxFileBytes) throw tooLarge(request, bytesTotal ?? 0);
    Object.assign(progress, { bytesDone: from, bytesTotal, message: '' });
    const record = { ...blank, validator: validatorOf(answer), bytesTotal, bytesSafe: from };
    await part.write(record);
    await keep(answer, record, fetch);
    return bytesTotal === null ? answer.complete : progress.bytesDone === bytesTotal;
  } finally {
    answer.destroy();
  }
}

/** An agent may have ended just after it had put the file in its place, and before it had written that down. */
async function holds({ file }: Part, bytes: number): Promise<boolean> {
  const { size } = await stat(file).catch(() => ({ size: -1 }));
  return size >= bytes;
}

const blank: PartRecord = {
  kind: 'download',
  state: 'transferring',
  validator: '',
  bytesTotal: null,
  bytesSafe: 0,
  message: '',
  image: null,
};

/** A connection that breaks keeps what came. */
async function keep(answer: IncomingMessage, record: PartRecord, { request, part, progress, signal }: Fetch): Promise<void> {
  const kept = await KeptBytes.open(part, record);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      if (progress.bytesDone + chunk.length > request.caps.maxFileBytes) throw tooLarge(request, progress.bytesDone + chunk.length);
      await kept.append(chunk);
      progress.bytesDone = kept.bytes;
    }
  } catch (error) {
    if (error instanceof AgentProblem || error instanceof Interrupted || signal.aborted) throw error;
    throw new Interrupted(`the connection broke after ${amount(progress)}`);
  } finally {
    await kept.close();
  }
}

function amount({ bytesDone, bytesTotal }: FetchProgress): string {
  return `${bytesDone} of ${bytesTotal ?? 'an unknown number of'} bytes`;
}

function tooLarge({ caps }: DownloadRequest, bytes: number): AgentProblem {
  return new AgentProblem('invalid', `the file has ${bytes} bytes or more, at most ${caps.maxFileBytes} are allowed`);
}

/** A strong validator: without one a file that changed meanwhile would be glued to its predecessor. */
function validatorOf({ headers }: IncomingMessage): string {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return headers['last-modified'] ?? '';
}

function rangeStart({ headers }: IncomingMessage, wanted: number, bytesTotal: number | null): number {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  const isSame = match?.[2] === '*' || bytesTotal === null || Number(match?.[2]) === bytesTotal;
  if (Number(match?.[1] ?? Number.NaN) !== wanted || !isSame)
    throw new Interrupted('the server answers another part of the file than was asked for');
  return wanted;
}
