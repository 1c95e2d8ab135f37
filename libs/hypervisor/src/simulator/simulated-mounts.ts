// Mounts of simulated hosts; what they hold belongs to the export, alike for every host.
import type { NfsProbe } from '@strata/domain';
import { DriverError } from '../driver-error.ts';
import type { MountDriver } from '../driver.ts';
import { checkExportPath, checkServer, checkUuid } from '../kvm/host-strings.ts';
import type { HostAddress, MountFacts, MountSpec } from '../specs.ts';
import { exportCapacityBytes, type ExportProfile, probeExport } from './export-rules.ts';
import type { SimulatedSession } from './simulated-session.ts';

export class SimulatedMounts implements MountDriver {
  readonly #session: SimulatedSession;

  constructor(session: SimulatedSession) {
    this.#session = session;
  }

  async ensure(at: HostAddress, mount: MountSpec): Promise<MountFacts> {
    const { fleet } = this.#session;
    checkMount(mount);
    return this.#session.call(at, 'mounts.ensure', (host) => {
      if (host.profile.traits.has('nonfs')) throw new DriverError('unsupported', `${at.address} has no NFS client`);
      const mounted = host.mountOf(mount.uuid);
      if (mounted !== undefined && (mounted.server !== mount.server || mounted.path !== mount.path)) {
        throw new DriverError('refused', `${mounted.server}:${mounted.path} is mounted as ${mount.uuid} on ${at.address}`);
      }
      const profile = fleet.profileOf(mount);
      if (profile.server !== 'open') throw deadServer(mount.server, profile.server);
      if (profile.path === 'missing') throw new DriverError('missing', `${mount.server} has no ${mount.path}`);
      if (profile.path === 'denied') throw new DriverError('refused', `${mount.server} denies ${at.address} access to ${mount.path}`);
      if (mounted === undefined)
        fleet.change({ do: 'mount', host: host.address, uuid: mount.uuid, server: mount.server, path: mount.path });
      return {
        totalBytes: exportCapacityBytes,
        usedBytes: profile.path === 'full' ? exportCapacityBytes : fleet.exportOf(mount).usedBytes,
      };
    });
  }

  async remove(at: HostAddress, mount: MountSpec): Promise<void> {
    checkMount(mount);
    await this.#session.call(at, 'mounts.remove', (host) => {
      if (host.mountOf(mount.uuid) === undefined) return;
      for (const machine of host.machines?.values() ?? []) {
        if (machine.uses(mount.uuid)) throw new DriverError('busy', `${machine.name} uses the mount ${mount.uuid} on ${at.address}`);
      }
      this.#session.fleet.change({ do: 'unmount', host: host.address, uuid: mount.uuid });
    });
  }

  async list(at: HostAddress): Promise<MountSpec[]> {
    return this.#session.call(at, 'mounts.list', (host) => [...(host.mounts ?? [])]);
  }

  async probeNfs(at: HostAddress, server: string, path: string): Promise<NfsProbe> {
    checkServer(server);
    checkExportPath(path);
    const { fleet } = this.#session;
    return this.#session.call(at, 'mounts.probeNfs', () =>
      probeExport(fleet.profileOf({ server, path }), server, path, fleet.exportOf({ server, path }).usedBytes),
    );
  }
}

function checkMount(mount: MountSpec): void {
  checkUuid(mount.uuid);
  checkServer(mount.server);
  checkExportPath(mount.path);
}

export function deadServer(server: string, how: Exclude<ExportProfile['server'], 'open'>): DriverError {
  const reasons = { unknown: 'nameNotResolved', refused: 'connectionRefused', rejected: 'timedOut', silent: 'timedOut' } as const;
  return new DriverError('unreachable', `NFS server ${server}: ${how}`, { reason: reasons[how] });
}
