// Which driver serves a host and how to log in to it, kept in memory so that a deploy asks the database nothing.
import { problem } from '@strata/domain';
import type { HostAddress, HypervisorDriver } from '@strata/hypervisor';
import type { DataSource } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import type { ClusterHypervisor } from '../zone/cluster.entity.ts';
import type { HostConnection, HostDrivers, LoginTarget } from './host-drivers.ts';
import { HostLogin } from './host-login.entity.ts';
import { Host } from './host.entity.ts';
import { ensureManagementKey, type ManagementKeyPair } from './management-key.ts';

/** Another server may have deleted the host meanwhile; nothing else of an entry ever changes. */
const entryLifeMs = 60_000;

interface Entry {
  readonly connection: Promise<HostConnection>;
  readonly untilMs: number;
}

export interface HostDirectoryOptions {
  readonly dataSource: DataSource;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** By hypervisor, as clusters name it. */
  readonly drivers: ReadonlyMap<ClusterHypervisor, HypervisorDriver>;
  /** Whether the address is one of a simulated machine. */
  isSimulated(address: string): boolean;
  /** Ends what the drivers hold besides connections. */
  readonly onClose: () => void;
}

export class HostDirectory implements HostDrivers {
  /** The hypervisors that it has drivers for. */
  readonly hypervisors: readonly ClusterHypervisor[];
  private readonly entries = new Map<number, Entry>();
  private key: Promise<ManagementKeyPair> | undefined;

  constructor(private readonly options: HostDirectoryOptions) {
    this.hypervisors = [...options.drivers.keys()];
  }

  for(hostId: number): Promise<HostConnection> {
    const nowMs = this.options.clock.monotonicMs();
    const known = this.entries.get(hostId);
    if (known && known.untilMs > nowMs) return known.connection;
    const entry = { connection: this.read(hostId), untilMs: nowMs + entryLifeMs };
    this.entries.set(hostId, entry);
    entry.connection.catch(() => {
      if (this.entries.get(hostId) === entry) this.entries.delete(hostId);
    });
    return entry.connection;
  }

  async byLogin(target: LoginTarget): Promise<HostConnection> {
    const driver = this.driverOf(target.hypervisor);
    const login = await this.options.dataSource.manager.findOneBy(HostLogin, { id: target.loginId });
    if (!login) throw problem('unavailable', `the login for ${target.address} is no longer there: repeat the command`);
    const credential: HostAddress['credential'] =
      login.sealedPassword === null
        ? { kind: 'key', privateKeyPem: (await this.keyPair()).privateKeyPem }
        : { kind: 'password', password: this.options.secrets.open(login.sealedPassword) };
    const { key, address, port, hostKeySha256 } = target;
    return { driver, address: { key, address, port, username: login.username, credential, hostKeySha256 } };
  }

  hypervisorAt(address: string): 'KVM' | 'Simulator' {
    return this.options.isSimulated(address) ? 'Simulator' : 'KVM';
  }

  async managementPublicKey(): Promise<string> {
    return (await this.keyPair()).publicKeyOpenSsh;
  }

  async forget(hostId: number): Promise<void> {
    const entry = this.entries.get(hostId);
    this.entries.delete(hostId);
    const connection = await entry?.connection.catch(() => undefined);
    await connection?.driver.disconnect(connection.address.key);
  }

  /** At shutdown: ends every connection. */
  async close(): Promise<void> {
    this.entries.clear();
    await Promise.all([...this.options.drivers.values()].map((driver) => driver.disconnect()));
    this.options.onClose();
  }

  private async read(hostId: number): Promise<HostConnection> {
    const host = await this.options.dataSource.manager.findOneBy(Host, { id: hostId });
    if (!host) throw problem('unavailable', 'the host was deleted meanwhile');
    if (host.hostKeySha256 === null) throw problem('unavailable', `host ${host.name} is still being added: wait until it is Up`);
    const { uuid, address, port, username, hostKeySha256 } = host;
    const { privateKeyPem } = await this.keyPair();
    return {
      driver: this.driverOf(host.hypervisor),
      address: { key: uuid, address, port, username, credential: { kind: 'key', privateKeyPem }, hostKeySha256 },
    };
  }

  private driverOf(hypervisor: string): HypervisorDriver {
    const driver = this.options.drivers.get(hypervisor as ClusterHypervisor);
    if (!driver)
      throw problem(
        'unavailable',
        `hypervisor ${hypervisor} is not offered by this server${hypervisor === 'Simulator' ? ': start it with STRATA_SIMULATOR=1' : ''}`,
      );
    return driver;
  }

  private keyPair(): Promise<ManagementKeyPair> {
    const key = this.key ?? ensureManagementKey(this.options.dataSource.manager, this.options.secrets);
    this.key = key;
    key.catch(() => (this.key = undefined));
    return key;
  }
}
