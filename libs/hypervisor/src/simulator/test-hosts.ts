// Addresses and mounts of simulated hosts, as the specs of this folder name them.
import { randomUUID } from 'node:crypto';
import type { HostAddress, MachineSpec, MountSpec } from '../specs.ts';
import { rootPassword } from './simulated-session.ts';

export function hostAt(address: string): HostAddress {
  return {
    key: address,
    address,
    port: 22,
    username: 'root',
    credential: { kind: 'password', password: rootPassword },
    hostKeySha256: null,
  };
}

export function mountOf(path: string, server = 'sim-nfs1.rack.test'): MountSpec {
  return { uuid: randomUUID(), server, path };
}

export function diskless(name: string): MachineSpec {
  return { name, uuid: randomUUID(), cpuCount: 1, cpuMhz: 500, memoryMib: 64, virtualisation: 'hardware', disks: [], nics: [] };
}
