// Fetches a file into its part, from where an earlier attempt stopped, until all of it is there.
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { rm, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DownloadRequest } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import type { AddressPolicy } from './address-policy.ts';
import { get, Interrupted } from './outbound.ts';
import type { Part, PartRecord } from './parts.ts';

/** Attempts in a row that bring nothing new. */
const maxBarren = 6;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export interface FetchProgress {
  bytesDone: number;
  bytesTotal: number | null;
  /** What it waits for between two attempts. */
  message: string;
}

/** Throws `AgentProblem` when it will not come. */
export async function fetchFile(
  request: DownloadRequest,
  part: Part,
  policy: AddressPolicy,
  progress: FetchProgress,
  signal: AbortSignal,
): Promise<void> {
  let furthest = 0;
  for (let barren = 0; ; barren += 1) {
    try {
      if (await attempt(request, part, policy, progress, signal)) return;
      progress.message = `the connection ended after ${progress.bytesDone} of ${progress.bytesTotal ?? 'an unknown number of'} bytes`;
    } catch (error) {
      if (signal.aborted || !(error instanceof Interrupted)) throw error;
      progress.message = error.message;
    }
    if (progress.bytesDone > furthest) {
      furthest = progress.bytesDone;
      barren = 0;
    }
    if (barren + 1 >= maxBarren) throw new AgentProblem('failed', `${progress.message}: it was tried ${maxBarren} times, try again later`);
    await sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** barren), undefined, { signal });
  }
}

/** @returns whether all of the file is there */
async function attempt(
  request: DownloadRequest,
  part: Part,
  policy: AddressPolicy,
  progress: FetchProgress,
  signal: AbortSignal,
): Promise<boolean> {
  const before = (await part.read()) ?? blank;
  const there = await stat(part.file).then(
    ({ size }) => size,
    () => 0,
  );
  const answer = await get(request.url, policy, { from: there, validator: before.validator, signal });
  const { statusCode = 0, headers } = answer;
  // The server has no more than we have: either that is the file, or it is another one by now.
  if (statusCode === 416) {
    answer.destroy();
    if (before.bytesTotal === there && there > 0) return true;
    await rm(part.file, { force: true });
    return false;
  }
  const from = statusCode === 206 ? rangeStart(headers['content-range'], there) : 0;
  const length = Number(headers['content-length'] ?? Number.NaN);
  const bytesTotal = Number.isSafeInteger(length) ? from + length : null;
  if (bytesTotal !== null && bytesTotal > request.caps.maxFileBytes) {
    answer.destroy();
    throw tooLarge(request, bytesTotal);
  }
  await part.write({ ...blank, validator: validatorOf(headers), bytesTotal });
  Object.assign(progress, { bytesDone: from, bytesTotal, message: '' });
  await store(answer, part, from, request, progress, signal);
  return bytesTotal === null ? answer.complete : progress.bytesDone === bytesTotal;
}

const blank: PartRecord = { kind: 'download', state: 'transferring', validator: '', bytesTotal: null, message: '', image: null };

/** Appends what comes; a connection that breaks keeps what came. */
async function store(
  answer: IncomingMessage,
  part: Part,
  from: number,
  request: DownloadRequest,
  progress: FetchProgress,
  signal: AbortSignal,
): Promise<void> {
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      progress.bytesDone += chunk.length;
      done(progress.bytesDone > request.caps.maxFileBytes ? tooLarge(request, progress.bytesDone) : null, chunk);
    },
  });
  const out = createWriteStream(part.file, { flags: from > 0 ? 'r+' : 'w', start: from, mode: 0o600 });
  try {
    await pipeline(answer, count, out, { signal });
  } catch (error) {
    if (error instanceof AgentProblem || signal.aborted) throw error;
    progress.bytesDone = await stat(part.file).then(
      ({ size }) => size,
      () => 0,
    );
    throw new Interrupted(`the connection broke after ${progress.bytesDone} of ${progress.bytesTotal ?? 'an unknown number of'} bytes`);
  }
}

function tooLarge({ caps }: DownloadRequest, bytes: number): AgentProblem {
  return new AgentProblem('invalid', `the file has ${bytes} bytes or more, at most ${caps.maxFileBytes} are allowed`);
}

/** A strong validator: without one a file that changed meanwhile would be glued to its predecessor. */
function validatorOf(headers: IncomingMessage['headers']): string {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return headers['last-modified'] ?? '';
}

function rangeStart(range: string | undefined, wanted: number): number {
  const start = /^bytes (\d+)-/.exec(range ?? '')?.[1];
  if (Number(start) !== wanted) throw new Interrupted('the server answers another part of the file than was asked for');
  return wanted;
}
