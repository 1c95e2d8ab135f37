// By which door a connection came in: the public port, or one of the two that trust whoever reaches them.
import type { Socket } from 'node:net';

/** `local` is the unix socket, `integration` the unauthenticated port on loopback. */
export type Entry = 'public' | 'local' | 'integration';

const trusted = new WeakMap<Socket, Entry>();

export function markEntry(socket: Socket, entry: Entry): void {
  trusted.set(socket, entry);
}

export function entryOf(socket: Socket): Entry {
  return trusted.get(socket) ?? 'public';
}
