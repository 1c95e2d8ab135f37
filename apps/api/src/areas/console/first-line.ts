// Reads the line with which a stream begins; what follows stays in the stream.
import type { Duplex } from 'node:stream';

/** @throws Error when the stream ends before, the line is too long or the time is over */
export function readFirstLine(stream: Duplex, maxBytes: number, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = Buffer.alloc(0);
    const done = (): void => {
      clearTimeout(timer);
      stream.off('readable', look).off('end', ended).off('close', ended);
    };
    const fail = (message: string): void => {
      done();
      reject(new Error(message));
    };
    const ended = (): void => fail('the stream ended before its first line');
    const timer = setTimeout(() => fail('the first line did not come in time'), timeoutMs);
    const look = (): void => {
      for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
        const end = chunk.indexOf(0x0a);
        line = Buffer.concat([line, end < 0 ? chunk : chunk.subarray(0, end)]);
        if (line.length > maxBytes) return fail(`the first line is longer than ${maxBytes} bytes`);
        if (end < 0) continue;
        done();
        if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
        return resolve(line.toString('utf8'));
      }
    };
    stream.on('readable', look).on('end', ended).on('close', ended);
    look();
  });
}
