// Roads from unix sockets on one host to unix sockets on another: from sshd to sshd through this process, on connections of their own.
import type { Duplex } from 'node:stream';
import type { AcceptConnection, Client, RejectConnection, UNIXConnectionDetails } from 'ssh2';
import { DriverError } from '../../driver-error.ts';
import type { HostAddress } from '../../specs.ts';
import { connectSsh, endpoint } from '../ssh/connect.ts';

export interface Road {
  /** Made on the first host; what opens it reaches `exit` on the second. */
  readonly entrance: string;
  readonly exit: string;
}

export interface Relay {
  close(): void;
}

/**
 * Neither host gets a credential of the other or opens a port, and what passes is encrypted on both parts of the way. The roads end with the relay
 * and with either connection. Throws `unreachable` and `refused` as a login does.
 */
export async function openRelay(from: HostAddress, to: HostAddress, roads: readonly Road[]): Promise<Relay> {
  const [near, far] = await connectBoth(from, to);
  const close = () => {
    near.destroy();
    far.destroy();
  };
  // One that is lost takes the other with it: what waits at either end sees that at once.
  for (const client of [near, far]) client.on('error', close).on('close', close);
  near.on('unix connection', ({ socketPath }: UNIXConnectionDetails, accept: AcceptConnection, reject: RejectConnection) => {
    const exit = roads.find(({ entrance }) => entrance === socketPath)?.exit;
    if (exit === undefined) return reject();
    far.openssh_forwardOutStreamLocal(exit, (error, farther) => (error === undefined ? splice(accept(), farther) : reject()));
  });
  try {
    for (const { entrance } of roads) await listen(near, entrance, from);
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

async function connectBoth(from: HostAddress, to: HostAddress): Promise<[Client, Client]> {
  const [near, far] = await Promise.allSettled([connectSsh(from), connectSsh(to)]);
  if (near.status === 'fulfilled' && far.status === 'fulfilled') return [near.value.client, far.value.client];
  for (const opened of [near, far]) if (opened.status === 'fulfilled') opened.value.client.destroy();
  throw near.status === 'rejected' ? near.reason : (far as PromiseRejectedResult).reason;
}

function listen(client: Client, path: string, host: HostAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    client.openssh_forwardInStreamLocal(path, (cause) => {
      if (cause === undefined) return resolve();
      const message = `the sshd of ${endpoint(host)} forwards no streams: AllowStreamLocalForwarding must be yes there`;
      reject(new DriverError('refused', message, { cause }));
    });
  });
}

function splice(one: Duplex, other: Duplex): void {
  one.pipe(other);
  other.pipe(one);
  for (const [stream, opposite] of [
    [one, other],
    [other, one],
  ] as const) {
    stream.on('error', () => opposite.destroy());
    stream.on('close', () => opposite.destroy());
  }
}
