// One open console: the browser's stream on one side, the machine's display through the management server on the other.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { type Duplex, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsoleAnswer, type ConsoleRequest, maxConsoleLineBytes, RfbClientReader } from '@strata/domain';
import { readLine } from './read-stream.ts';
import { letIn, logIn, turnAway } from './rfb-handshake.ts';

/** For everything before the guest's screen is there. */
const openingMs = 20_000;
const reconnectMs = 500;

export interface ConsoleSessionOptions {
  /** Where the management server takes streams. */
  readonly managementSocket: string;
  /** How long it may take until the management server listens there. */
  readonly managementPatienceMs: number;
  readonly idleTimeoutMs: number;
  readonly request: ConsoleRequest;
  /** Called when the token was good. @returns in words why the console can't be opened all the same */
  admit(): string | undefined;
}

/** What the person in front of the browser is told. */
class Refusal extends Error {}

/** Runs until one side ends. @returns why it ended, for the log */
export async function runConsole(viewer: Duplex, options: ConsoleSessionOptions): Promise<string> {
  const deadline = AbortSignal.timeout(openingMs);
  // Errors come out where the stream is read or piped; at other moments they only mean that it is over.
  viewer.on('error', () => undefined);
  let display: Duplex | undefined;
  try {
    display = await openDisplay(options, deadline);
    await letIn(viewer, deadline);
    return await splice(viewer, display, options.idleTimeoutMs);
  } catch (error) {
    if (error instanceof Refusal) await turnAway(viewer, error.message, deadline).catch(() => undefined);
    return error instanceof Error ? error.message : String(error);
  } finally {
    display?.destroy();
    viewer.end();
  }
}

/** @throws Refusal */
async function openDisplay(
  { managementSocket, managementPatienceMs, request, admit }: ConsoleSessionOptions,
  deadline: AbortSignal,
): Promise<Duplex> {
  const stream = await connected(managementSocket, AbortSignal.timeout(managementPatienceMs));
  try {
    stream.write(`${JSON.stringify(request)}\n`);
    const answer = await askedOf(stream, deadline);
    if ('refused' in answer) throw new Refusal(answer.refused);
    const obstacle = admit();
    if (obstacle !== undefined) throw new Refusal(obstacle);
    await logIn(stream, answer.password, deadline).catch((error: Error) => {
      throw new Refusal(error.message);
    });
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** The socket is there only while the management server listens: after a start of either, some seconds later. @throws Refusal */
async function connected(path: string, deadline: AbortSignal): Promise<Socket> {
  for (;;) {
    const stream = createConnection({ path });
    try {
      await once(stream, 'connect', { signal: deadline });
      stream.on('error', () => undefined);
      return stream;
    } catch (cause) {
      stream.destroy();
      if (deadline.aborted) throw notReached(cause);
    }
    await sleep(reconnectMs, undefined, { signal: deadline }).catch((cause: unknown) => {
      throw notReached(cause);
    });
  }
}

function notReached(cause: unknown): Refusal {
  const refusal = new Refusal('The console proxy does not reach the management server. Open the console again in a few seconds.');
  refusal.cause = cause;
  return refusal;
}

async function askedOf(stream: Duplex, deadline: AbortSignal): Promise<ConsoleAnswer> {
  try {
    return JSON.parse(await readLine(stream, maxConsoleLineBytes, deadline)) as ConsoleAnswer;
  } catch (cause) {
    throw notReached(cause);
  }
}

async function splice(viewer: Duplex, display: Duplex, idleTimeoutMs: number): Promise<string> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const busy = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => over.abort(new Error('nobody used it for too long')), idleTimeoutMs);
  };
  busy();
  const { signal } = over;
  // Either side's end is the end of both.
  const toDisplay = pipeline(viewer, watched(busy), display, { signal }).finally(() => over.abort(new Error('the viewer left')));
  const toViewer = pipeline(display, viewer, { signal }).finally(() => over.abort(new Error('the display ended')));
  try {
    await Promise.allSettled([toDisplay, toViewer]);
  } finally {
    clearTimeout(timer);
  }
  return (signal.reason as Error).message;
}

/** Passes on what the viewer sends, and tells of keys and clicks: screens that change by themselves make viewers send, too. */
function watched(onInput: () => void): Transform {
  const reader = new RfbClientReader();
  // ClientInit, one byte, is no message yet.
  let isFirst = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        const messages = reader.push(isFirst ? chunk.subarray(1) : chunk);
        isFirst = false;
        if (messages.some(({ kind }) => kind === 'key' || kind === 'pointer' || kind === 'clipboard')) onInput();
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
