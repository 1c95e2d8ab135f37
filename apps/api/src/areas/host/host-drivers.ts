// How sagas and reconcilers reach hosts: the driver that serves a host and the address to give it.
import type { HostAddress, HypervisorDriver } from '@strata/hypervisor';
import type { ServerConfig } from '../../config.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';

export interface HostConnection {
  readonly driver: HypervisorDriver;
  readonly address: HostAddress;
}

/** A machine reached by a login that somebody handed in. */
export interface LoginTarget {
  /** Equal keys share a warm connection. */
  readonly key: string;
  readonly hypervisor: string;
  readonly address: string;
  readonly port: number;
  /** Row of `host_login`. */
  readonly loginId: number;
  readonly hostKeySha256: string | null;
}

export interface HostDrivers {
  /** @throws Problem `unavailable` when the host is gone from the database or its hypervisor is not offered here */
  for(hostId: number): Promise<HostConnection>;
  /** Logs in as the row of `host_login` says, by password or by the management key. @throws Problem `unavailable` as above */
  byLogin(target: LoginTarget): Promise<HostConnection>;
  /** The hypervisor of a machine when nobody said: simulated ones are known by their address. */
  hypervisorAt(address: string): 'KVM' | 'Simulator';
  /** The line that lets this installation in, as `authorized_keys` takes it. */
  managementPublicKey(): Promise<string>;
  /** Reads the host anew next time and ends its warm connection. */
  forget(hostId: number): Promise<void>;
}

declare module '../../kernel/jobs/saga.ts' {
  interface HostServices {
    readonly drivers: HostDrivers;
    readonly secrets: SecretBox;
    readonly config: ServerConfig;
  }
}
