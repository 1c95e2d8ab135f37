// Fetches a template from the web into a file: bounded in size and patience, with progress and its SHA-256.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CommandLineError } from './command-line-error.ts';

export interface DownloadLimits {
  readonly maxBytes: number;
  /** How long nothing may arrive. */
  readonly idleMs: number;
}

export interface Downloaded {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** `total` is undefined when the server does not say it. */
export type OnProgress = (bytes: number, total: number | undefined) => void;

/** @throws CommandLineError naming what is wrong with the source; the file is then incomplete and the caller's to remove */
export async function download(url: URL, file: string, limits: DownloadLimits, onProgress: OnProgress): Promise<Downloaded> {
  const stalled = new AbortController();
  const waitOn = (): NodeJS.Timeout => setTimeout(() => stalled.abort(), limits.idleMs);
  let idle = waitOn();
  const target = await open(file, 'wx', 0o600);
  try {
    const reply = await fetch(url, { signal: stalled.signal });
    if (!reply.ok || !reply.body) throw new CommandLineError(`${url.host} answers ${reply.status} ${reply.statusText} for ${url.pathname}`);
    const total = sizeOf(reply);
    if (total !== undefined && total > limits.maxBytes) throw tooLarge(url, limits);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of reply.body) {
      clearTimeout(idle);
      idle = waitOn();
      bytes += chunk.byteLength;
      if (bytes > limits.maxBytes) throw tooLarge(url, limits);
      hash.update(chunk);
      await target.writeFile(chunk);
      onProgress(bytes, total);
    }
    if (total !== undefined && bytes !== total) throw new CommandLineError(`the download ended early: ${bytes} of ${total} bytes came`);
    await target.sync();
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    if (stalled.signal.aborted) throw new CommandLineError(`${url.host} sent nothing for ${limits.idleMs / 1000} s`, { cause: error });
    if (error instanceof TypeError) throw new CommandLineError(`cannot fetch ${url.href}: ${reasonOf(error)}`, { cause: error });
    throw error;
  } finally {
    clearTimeout(idle);
    await target.close();
  }
}

/** Undefined too when the body travels compressed: then the length is not the file's. */
function sizeOf(reply: Response): number | undefined {
  const length = reply.headers.get('content-length');
  return length === null || reply.headers.has('content-encoding') ? undefined : Number(length);
}

function tooLarge(url: URL, limits: DownloadLimits): CommandLineError {
  return new CommandLineError(
    `${url.href} is larger than ${Math.round(limits.maxBytes / 1024 ** 3)} GiB: raise the limit with --max-gib if that is right`,
  );
}

/** fetch reports network failures as a TypeError whose cause says what happened. */
function reasonOf(error: TypeError): string {
  // https://fetch.spec.whatwg.org/#port-blocking
  if (error.cause instanceof Error && error.cause.message === 'bad port')
    return 'its port belongs to another service, so web clients never use it; serve the file on another port, such as 8000';
  return error.cause instanceof Error
    ? error.cause.message || ((error.cause as NodeJS.ErrnoException).code ?? error.message)
    : error.message;
}
