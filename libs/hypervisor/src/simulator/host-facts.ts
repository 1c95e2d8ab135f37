// What an inspection of a simulated host finds: its profile turned into facts.
import { isIP } from 'node:net';
import type { BridgeFacts, HostFacts } from '@strata/domain';
import type { SimulatedHost } from './simulated-host.ts';
import { hostKeyOf } from './host-rules.ts';

/** The guest bridge of every simulated host. */
export const guestBridge = 'cloudbr0';

export function factsOf(host: SimulatedHost): HostFacts {
  const has = (trait: Parameters<typeof host.profile.traits.has>[0]): boolean => host.profile.traits.has(trait);
  const size = host.size ?? host.profile;
  const name = isIP(host.address) === 0 ? host.address : `sim-${host.address.replaceAll(/[.:]/g, '-')}.simulated.test`;
  return {
    fqdn: has('nofqdn') ? null : name,
    hostname: name.split('.')[0] ?? name,
    arch: has('arm') ? 'aarch64' : 'x86_64',
    osName: 'Debian GNU/Linux 12 (bookworm)',
    cpuModel: has('arm') ? 'Simulated Arm CPU' : 'Simulated x86 CPU',
    cpuCores: size.cpuCores,
    cpuSockets: 1,
    cpuMhz: size.cpuMhz,
    memoryMib: size.memoryMib,
    isRoot: !has('notroot'),
    libvirtVersion: has('nolibvirt') ? null : has('oldlibvirt') ? '1.2.9' : '9.0.0',
    qemuVersion: has('noqemu') ? null : '7.2.22',
    hardwareVirtualisation: !has('novt'),
    bridges: bridgesOf(host),
    machines: has('nolibvirt')
      ? []
      : [...(host.machines?.values() ?? [])]
          .filter((machine) => machine.isListed)
          .map((machine) => ({ name: machine.name, running: machine.power !== 'stopped' })),
    clockOffsetMs: has('clock') ? 180_000 : 0,
    timeSyncActive: !has('clock'),
    hasNfsClient: !has('nonfs'),
    usesDhcp: has('dhcp'),
    mandatoryAccessControl: null,
    hostKeySha256: hostKeyOf(host.address),
  };
}

export function bridgesOf(host: SimulatedHost): BridgeFacts[] {
  if (host.profile.traits.has('nobridge')) return [];
  return [{ name: guestBridge, macPinned: host.isBridgePinned || !host.profile.traits.has('unpinned'), ports: ['eth0'] }];
}
