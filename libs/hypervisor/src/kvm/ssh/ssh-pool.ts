// The warm connections: one per host key, opened on first use, replaced when address or credentials change.
import { createHash } from 'node:crypto';
import { DriverError } from '../../driver-error.ts';
import type { HostAddress } from '../../specs.ts';
import { SshConnection } from './ssh-connection.ts';

interface Entry {
  readonly identity: string;
  readonly connection: Promise<SshConnection>;
}

export class SshPool {
  private readonly entries = new Map<string, Entry>();

  /**
   * Runs `work` on the host's connection. When the connection breaks meanwhile it runs once more on a new one: every piece of work starts by reading
   * what is already done, so the second run finds the outcome of the first.
   */
  async use<T>(host: HostAddress, work: (shell: SshConnection) => Promise<T>): Promise<T> {
    try {
      return await work(await this.connection(host));
    } catch (error) {
      if (!(error instanceof DriverError) || error.reason !== 'connectionLost') throw error;
      return await work(await this.connection(host));
    }
  }

  async disconnect(hostKey?: string): Promise<void> {
    const keys = hostKey === undefined ? [...this.entries.keys()] : [hostKey];
    await Promise.all(keys.map((key) => this.drop(key)));
  }

  private async connection(host: HostAddress): Promise<SshConnection> {
    const identity = identityOf(host);
    const known = this.entries.get(host.key);
    if (known?.identity === identity) {
      const connection = await known.connection;
      if (connection.isOpen) {
        checkHostKey(host, connection.hostKeySha256);
        return connection;
      }
    }
    if (this.entries.get(host.key) === known) this.open(host, identity, known);
    return await this.current(host);
  }

  private async current(host: HostAddress): Promise<SshConnection> {
    const entry = this.entries.get(host.key);
    if (entry === undefined)
      throw new DriverError('unreachable', `the connection to ${host.address} was closed`, { reason: 'connectionLost' });
    const connection = await entry.connection;
    checkHostKey(host, connection.hostKeySha256);
    return connection;
  }

  private open(host: HostAddress, identity: string, replaced: Entry | undefined): void {
    const entry = { identity, connection: SshConnection.open(host) };
    this.entries.set(host.key, entry);
    entry.connection.catch(() => {
      if (this.entries.get(host.key) === entry) this.entries.delete(host.key);
    });
    void replaced?.connection.then(
      (connection) => connection.closeWhenIdle(),
      () => undefined,
    );
  }

  private async drop(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    await entry?.connection.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}

/** What a connection was opened with; the credential only as a digest. */
function identityOf(host: HostAddress): string {
  const credential = createHash('sha256').update(JSON.stringify(host.credential)).digest('hex');
  return JSON.stringify([host.address, host.port, host.username, credential]);
}

function checkHostKey(host: HostAddress, seen: string): void {
  if (host.hostKeySha256 === null || host.hostKeySha256 === seen) return;
  const message = `${host.address} shows the host key SHA256:${seen} instead of the known SHA256:${host.hostKeySha256}`;
  throw new DriverError('refused', message, { reason: 'hostKeyChanged' });
}
