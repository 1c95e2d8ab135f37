// The VNC server of a simulated machine: asks for the console password and shows its screen. Protocol: RFC 6143.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Duplex, PassThrough, duplexPair } from 'node:stream';
import { RfbClientReader } from '@strata/domain';
import { screenHeight, screenWidth, type TextScreen } from './text-screen.ts';
import { answerChallenge } from './vnc-password.ts';

const version = 'RFB 003.008\n';
const noAuthentication = 1;
const passwordAuthentication = 2;
/** How often a viewer that waits for a change is looked after, and the machine's power. */
const lookEveryMs = 100;

export interface SimulatedDisplayOptions {
  readonly name: string;
  readonly password: string | undefined;
  readonly screen: TextScreen;
  /** False once the machine has stopped: the viewer is dropped. */
  isOn(): boolean;
}

/** @returns the viewer's end of a new connection */
export function connectViewer(options: SimulatedDisplayOptions): Duplex {
  const [viewer, server] = duplexPair();
  const timer = setInterval(() => {
    if (!options.isOn()) server.destroy();
  }, lookEveryMs);
  timer.unref();
  const end = (): void => {
    clearInterval(timer);
    viewer.destroy();
    server.destroy();
  };
  server.once('close', end).once('error', end);
  viewer.once('close', end).once('error', end);
  serve(server, options).then(end, end);
  return viewer;
}

async function serve(stream: Duplex, options: SimulatedDisplayOptions): Promise<void> {
  const input = new PassThrough();
  stream.pipe(input);
  stream.write(version);
  await exactly(input, version.length);
  if (!(await authenticate(stream, input, options.password))) return;
  await exactly(input, 1);
  stream.write(serverInit(options.name));
  await show(stream, input, options.screen);
}

async function authenticate(stream: Duplex, input: PassThrough, password: string | undefined): Promise<boolean> {
  const offered = password === undefined ? noAuthentication : passwordAuthentication;
  stream.write(Buffer.from([1, offered]));
  const [chosen] = await exactly(input, 1);
  if (chosen !== offered) return false;
  if (password !== undefined) {
    const challenge = randomBytes(16);
    stream.write(challenge);
    if (!timingSafeEqual(await exactly(input, 16), answerChallenge(password, challenge))) {
      const reason = Buffer.from('Authentication failed');
      stream.end(Buffer.concat([uint32(1), uint32(reason.length), reason]));
      return false;
    }
  }
  stream.write(uint32(0));
  return true;
}

interface PixelFormat {
  readonly bytes: number;
  readonly bigEndian: boolean;
  /** The value of a white pixel; black is 0. */
  readonly white: number;
}

function readFormat(format: Uint8Array): PixelFormat {
  const view = new DataView(format.buffer, format.byteOffset, format.byteLength);
  const white = [0, 1, 2].reduce((sum, part) => sum + view.getUint16(4 + 2 * part) * 2 ** format[10 + part]!, 0);
  return { bytes: format[0]! / 8, bigEndian: format[2] !== 0, white };
}

const firstFormat = Uint8Array.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]);

function serverInit(name: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(screenWidth, 0);
  head.writeUInt16BE(screenHeight, 2);
  return Buffer.concat([head, firstFormat, uint32(Buffer.byteLength(name)), Buffer.from(name)]);
}

async function show(stream: Duplex, input: PassThrough, screen: TextScreen): Promise<void> {
  const reader = new RfbClientReader();
  let format = readFormat(firstFormat);
  let shown = 0;
  let asked: 'changes' | 'all' | undefined;
  const answer = (): void => {
    if (asked === undefined || stream.writableNeedDrain || (asked === 'changes' && shown === screen.version)) return;
    asked = undefined;
    shown = screen.version;
    stream.write(frame(screen, format));
  };
  const timer = setInterval(answer, lookEveryMs);
  timer.unref();
  try {
    for await (const chunk of input) {
      for (const message of reader.push(chunk as Buffer)) {
        if (message.kind === 'pixelFormat') format = readFormat(message.format);
        else if (message.kind === 'key' && message.down) screen.press(message.keysym);
        else if (message.kind === 'updateRequest') asked = message.incremental && asked !== 'all' ? 'changes' : 'all';
      }
      answer();
    }
  } finally {
    clearInterval(timer);
  }
}

/** One update with the whole screen in raw encoding. */
function frame(screen: TextScreen, { bytes, bigEndian, white }: PixelFormat): Buffer {
  const pixels = screen.draw();
  const head = Buffer.alloc(16);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(screenWidth, 8);
  head.writeUInt16BE(screenHeight, 10);
  const body = Buffer.alloc(pixels.length * bytes);
  for (let at = 0; at < pixels.length; at++) {
    if (pixels[at] === 0) continue;
    if (bigEndian) body.writeUIntBE(white, at * bytes, bytes);
    else body.writeUIntLE(white, at * bytes, bytes);
  }
  return Buffer.concat([head, body]);
}

/** Whole chunks are taken and the rest is given back. @throws Error when the stream ends before */
async function exactly(input: PassThrough, length: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) {
    const chunk = input.read() as Buffer | null;
    if (chunk !== null) bytes = Buffer.concat([bytes, chunk]);
    else if (input.readableEnded || input.destroyed) throw new Error('the viewer left');
    else
      await new Promise<void>((resolve) => {
        const go = (): void => {
          input.off('readable', go).off('end', go).off('close', go);
          resolve();
        };
        input.on('readable', go).on('end', go).on('close', go);
      });
  }
  if (bytes.length > length) input.unshift(bytes.subarray(length));
  return bytes.subarray(0, length);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
