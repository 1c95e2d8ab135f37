// A small VNC viewer for tests: logs in, looks at the screen, types. Protocol: RFC 6143.
import type { Duplex } from 'node:stream';
import { answerChallenge } from '../simulator/vnc-password.ts';

export interface Viewer {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** The whole screen, four bytes a pixel. */
  look(): Promise<Buffer>;
  type(keysym: number): void;
  close(): void;
}

/** @throws Error with what the server says when it refuses the password, and for one that asks for none */
export async function openViewer(stream: Duplex, password: string): Promise<Viewer> {
  const read = reader(stream);
  await read(12);
  stream.write('RFB 003.008\n');
  const types = await read((await read(1))[0]!);
  if (!types.includes(2)) throw new Error(`the server offers the security types ${types.join(', ')}, not password authentication`);
  stream.write(Buffer.from([2]));
  stream.write(answerChallenge(password, await read(16)));
  if ((await read(4)).readUInt32BE() !== 0) throw new Error((await read((await read(4)).readUInt32BE())).toString('utf8'));
  stream.write(Buffer.from([1]));
  const init = await read(24);
  const name = (await read(init.readUInt32BE(20))).toString('utf8');
  let [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)];
  // Raw pixels, and the pseudo-encoding that tells of a changed size.
  stream.write(Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21]));
  return {
    name,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    async look() {
      let screen = Buffer.alloc(width * height * 4);
      for (;;) {
        stream.write(Buffer.from([3, 0, 0, 0, 0, 0, width >> 8, width & 255, height >> 8, height & 255]));
        await skipTo(read, 0);
        let resized = false;
        for (let left = (await read(3)).readUInt16BE(1); left > 0; left--) {
          const head = await read(12);
          const [x, y, w, h] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [number, number, number, number];
          if (head.readInt32BE(8) !== 0) {
            [width, height, resized] = [w, h, true];
            screen = Buffer.alloc(width * height * 4);
            continue;
          }
          const pixels = await read(w * h * 4);
          for (let row = 0; row < h; row++) pixels.copy(screen, ((y + row) * width + x) * 4, row * w * 4, (row + 1) * w * 4);
        }
        if (!resized) return screen;
      }
    },
    type(keysym) {
      for (const down of [1, 0]) {
        const key = Buffer.from([4, down, 0, 0, 0, 0, 0, 0]);
        key.writeUInt32BE(keysym, 4);
        stream.write(key);
      }
    },
    close: () => stream.destroy(),
  };
}

/** Whether the screen shows more than one colour. */
export function showsSomething(screen: Buffer): boolean {
  for (let at = 4; at < screen.length; at += 4) if (screen.compare(screen, 0, 4, at, at + 4) !== 0) return true;
  return false;
}

/** Reads the type of the next message, passing over bells and clipboards. */
async function skipTo(read: (length: number) => Promise<Buffer>, wanted: number): Promise<void> {
  for (;;) {
    const type = (await read(1))[0];
    if (type === wanted) return;
    if (type === 3) await read((await read(7)).readUInt32BE(3));
    else if (type !== 2) throw new Error(`the server sent the message ${type}`);
  }
}

/** Whole chunks are taken and the rest is kept: a stream that waits with a part of what is asked for says "readable" without end. */
function reader(stream: Duplex): (length: number) => Promise<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  return async (length) => {
    const chunks = [pending];
    let known = pending.length;
    while (known < length) {
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) {
        chunks.push(chunk);
        known += chunk.length;
        continue;
      }
      if (stream.readableEnded || stream.destroyed) throw new Error('the server ended the connection');
      await new Promise<void>((resolve) => {
        const go = (): void => {
          stream.off('readable', go).off('end', go).off('close', go).off('error', go);
          resolve();
        };
        stream.on('readable', go).on('end', go).on('close', go).on('error', go);
      });
    }
    const bytes = Buffer.concat(chunks);
    pending = bytes.subarray(length);
    return bytes.subarray(0, length);
  };
}
