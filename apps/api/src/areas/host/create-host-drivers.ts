// Puts the drivers of a server together: KVM always, the simulator where it is offered.
import { join } from 'node:path';
import { type HypervisorDriver, KvmDriver, SimulatedFleet, SimulatorDriver } from '@strata/hypervisor';
import type { DataSource } from 'typeorm';
import type { ServerConfig } from '../../config.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log/log.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import type { ClusterHypervisor } from '../zone/cluster.entity.ts';
import { HostDirectory } from './host-directory.ts';

export interface HostDriversOptions {
  readonly dataSource: DataSource;
  readonly secrets: SecretBox;
  readonly config: Pick<ServerConfig, 'dataFolder' | 'simulator'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The simulated machines to serve; without it the ones of the data folder's journal. */
  readonly fleet?: SimulatedFleet;
}

export function createHostDrivers({ dataSource, secrets, config, clock, log, fleet: given }: HostDriversOptions): HostDirectory {
  const drivers = new Map<ClusterHypervisor, HypervisorDriver>([['KVM', new KvmDriver(() => clock.now().getTime())]]);
  const fleet = given ?? (config.simulator ? new SimulatedFleet({ journalPath: join(config.dataFolder, 'simulator.journal') }) : undefined);
  if (fleet) drivers.set('Simulator', new SimulatorDriver(fleet));
  if (fleet && fleet.skippedLines > 0) log.warn({ lines: fleet.skippedLines }, "lines of the simulator's journal could not be read");
  return new HostDirectory({
    dataSource,
    secrets,
    clock,
    drivers,
    isSimulated: (address) => fleet?.findHost(address) !== undefined,
    onClose: () => (given ? undefined : fleet?.close()),
  });
}
