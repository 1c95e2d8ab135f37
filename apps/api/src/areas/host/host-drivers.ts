// How sagas and reconcilers reach hosts: the driver that serves a host and the address to give it.
import type { HostAddress, HypervisorDriver } from '@strata/hypervisor';

export interface HostConnection {
  readonly driver: HypervisorDriver;
  readonly address: HostAddress;
}

export interface HostDrivers {
  /** @throws Problem `unavailable` when the host is gone from the database or its hypervisor is not offered here */
  for(hostId: number): Promise<HostConnection>;
}

declare module '../../kernel/jobs/saga.ts' {
  interface HostServices {
    readonly drivers: HostDrivers;
  }
}
