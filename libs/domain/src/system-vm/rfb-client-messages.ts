// What a VNC viewer says after the handshake, cut into messages. Reference: RFC 6143 section 7.5 and the registry of the RFB community.

export type RfbClientMessage =
  | { readonly kind: 'key'; readonly down: boolean; /** X11 keysym. */ readonly keysym: number }
  | { readonly kind: 'pointer'; readonly buttons: number; readonly x: number; readonly y: number }
  | { readonly kind: 'pixelFormat'; /** The 16 bytes of the format. */ readonly format: Uint8Array }
  | { readonly kind: 'updateRequest'; readonly incremental: boolean }
  | { readonly kind: 'clipboard' }
  | { readonly kind: 'other' };

/** Longest message taken, in bytes: a clipboard. */
const maxMessageBytes = 1 << 20;

/** Reads the stream after ClientInit, however it is cut. */
export class RfbClientReader {
  private pending: Uint8Array = new Uint8Array(0);

  /** @throws Error for a message that nobody knows or that is too long: the stream can't be followed from there on */
  push(chunk: Uint8Array): RfbClientMessage[] {
    const bytes = joined(this.pending, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const messages: RfbClientMessage[] = [];
    let at = 0;
    for (;;) {
      const length = messageLength(view, at);
      if (length === undefined || at + length > bytes.length) break;
      messages.push(readMessage(view, at));
      at += length;
    }
    this.pending = bytes.slice(at);
    return messages;
  }
}

/** Undefined while the bytes that tell it are not there yet. */
function messageLength(view: DataView, at: number): number | undefined {
  const left = view.byteLength - at;
  if (left < 1) return undefined;
  const type = view.getUint8(at);
  switch (type) {
    case 0:
      return 20;
    case 2:
      return left < 4 ? undefined : 4 + 4 * view.getUint16(at + 2);
    case 3:
      return 10;
    case 4:
      return 8;
    case 5:
      // With the extension for more than eight buttons, the highest bit announces one byte more.
      return left < 2 ? undefined : 6 + (view.getUint8(at + 1) >> 7);
    case 6:
      // A negative length announces the extended clipboard.
      return left < 8 ? undefined : bounded(8 + Math.abs(view.getInt32(at + 4)));
    case 150:
      return 10;
    case 248:
      return left < 9 ? undefined : 9 + view.getUint8(at + 8);
    case 250:
      return 4;
    case 251:
      return left < 8 ? undefined : 8 + 16 * view.getUint8(at + 6);
    case 255:
      return left < 2 ? undefined : qemuLength(view, at, left);
    default:
      throw new Error(`the viewer sent the unknown message ${type}`);
  }
}

/** QEMU's own messages: an extended key, or audio. */
function qemuLength(view: DataView, at: number, left: number): number | undefined {
  if (view.getUint8(at + 1) === 0) return 12;
  if (left < 4) return undefined;
  return view.getUint16(at + 2) === 2 ? 10 : 4;
}

function bounded(length: number): number {
  if (length > maxMessageBytes) throw new Error(`the viewer sent a message of ${length} bytes`);
  return length;
}

function readMessage(view: DataView, at: number): RfbClientMessage {
  switch (view.getUint8(at)) {
    case 0:
      return { kind: 'pixelFormat', format: new Uint8Array(view.buffer, view.byteOffset + at + 4, 16).slice() };
    case 3:
      return { kind: 'updateRequest', incremental: view.getUint8(at + 1) !== 0 };
    case 4:
      return { kind: 'key', down: view.getUint8(at + 1) !== 0, keysym: view.getUint32(at + 4) };
    case 5:
      return { kind: 'pointer', buttons: view.getUint8(at + 1), x: view.getUint16(at + 2), y: view.getUint16(at + 4) };
    case 6:
      return { kind: 'clipboard' };
    case 255:
      return view.getUint8(at + 1) === 0
        ? { kind: 'key', down: view.getUint16(at + 2) !== 0, keysym: view.getUint32(at + 4) }
        : { kind: 'other' };
    default:
      return { kind: 'other' };
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
