// Reads the openings of streams piece by piece; what follows stays in the stream.
import type { Duplex } from 'node:stream';

// Whole chunks are taken and the rest is given back: a stream that waits with a part of what is asked for says "readable" without end.

/** @throws Error when the stream ends before, breaks or the time is over */
export async function readBytes(stream: Duplex, length: number, deadline: AbortSignal): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) bytes = Buffer.concat([bytes, await nextChunk(stream, deadline)]);
  if (bytes.length > length) stream.unshift(bytes.subarray(length));
  return bytes.subarray(0, length);
}

/** One line without its end. @throws Error also when it is longer than `maxBytes` */
export async function readLine(stream: Duplex, maxBytes: number, deadline: AbortSignal): Promise<string> {
  let line = Buffer.alloc(0);
  for (;;) {
    const chunk = await nextChunk(stream, deadline);
    const end = chunk.indexOf(0x0a);
    line = Buffer.concat([line, end < 0 ? chunk : chunk.subarray(0, end)]);
    if (line.length > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
    if (end < 0) continue;
    if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
    return line.toString('utf8');
  }
}

async function nextChunk(stream: Duplex, deadline: AbortSignal): Promise<Buffer> {
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) return chunk;
    if (stream.readableEnded || stream.destroyed) throw new Error('the connection ended');
    await moreOf(stream, deadline);
  }
}

function moreOf(stream: Duplex, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      stream.off('readable', go).off('end', go).off('close', go).off('error', fail);
      deadline.removeEventListener('abort', late);
    };
    const go = (): void => {
      done();
      resolve();
    };
    const fail = (error: Error): void => {
      done();
      reject(error);
    };
    const late = (): void => fail(new Error('no answer in time'));
    if (deadline.aborted) return late();
    deadline.addEventListener('abort', late);
    stream.on('readable', go).on('end', go).on('close', go).on('error', fail);
  });
}
