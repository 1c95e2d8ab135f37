// Which simulated NFS exports exist and how they behave, by server name and path alone.
import { hash } from 'node:crypto';
import { isIP } from 'node:net';
import type { NfsProbe } from '@strata/domain';
import type { HostRules } from './host-rules.ts';

export const exportCapacityBytes = 10 * 2 ** 40;

export interface ExportProfile {
  readonly server: 'unknown' | 'open' | 'refused' | 'rejected' | 'silent';
  readonly path: 'ok' | 'missing' | 'denied' | 'readOnly' | 'squashed' | 'full';
  /** Whether it comes without a system VM template. */
  readonly isBare: boolean;
}

const serverName = /^sim-nfs[a-z0-9]*((?:-[a-z0-9]+)*)(?:\.[a-z0-9.-]+)?$/;
const pathFaults = { missing: 'missing', denied: 'denied', readonly: 'readOnly', squashed: 'squashed', full: 'full' } as const;

/** Servers are named `sim-nfs…` or have an address of the simulated network; a path segment such as `missing` decides what goes wrong, `bare` what is not there. */
export function findExport(rules: HostRules, server: string, path: string): ExportProfile {
  const segments = path.split('/');
  const fault = segments.find((segment): segment is keyof typeof pathFaults => Object.hasOwn(pathFaults, segment));
  return { server: findServer(rules, server), path: fault === undefined ? 'ok' : pathFaults[fault], isBare: segments.includes('bare') };
}

function findServer(rules: HostRules, server: string): ExportProfile['server'] {
  if (isIP(server) !== 0) return rules.hasAddress(server) ? 'open' : 'silent';
  const words = serverName.exec(server)?.[1]?.split('-');
  if (words === undefined) return 'unknown';
  if (words.includes('closed')) return 'refused';
  if (words.includes('rejected')) return 'rejected';
  return words.includes('silent') ? 'silent' : 'open';
}

const failedMounts = {
  refused: ['refused', 'mount.nfs: Connection refused'],
  rejected: ['failed', 'mount.nfs: No route to host'],
  silent: ['timedOut', 'mount.nfs: Connection timed out'],
  missing: ['missing', 'mount.nfs: mounting failed, reason given by server: No such file or directory'],
  denied: ['denied', 'mount.nfs: access denied by server while mounting'],
} as const;

export function probeExport(profile: ExportProfile, server: string, path: string, usedBytes: number): NfsProbe {
  const nothing = { server, path, exports: null, write: null, ownerUid: null, sizeBytes: null, freeBytes: null };
  if (profile.server === 'unknown') return { ...nothing, resolvedAddress: null, ports: null, mount: null, mountOutput: '' };
  const resolvedAddress = isIP(server) === 0 ? addressOf(server) : server;
  const ports = { portmapper111: profile.server, nfs2049: profile.server };
  if (profile.server !== 'open') {
    const [mount, mountOutput] = failedMounts[profile.server];
    return { ...nothing, resolvedAddress, ports, mount, mountOutput };
  }
  if (profile.path === 'missing' || profile.path === 'denied') {
    const [mount, mountOutput] = failedMounts[profile.path];
    return { ...nothing, resolvedAddress, ports, exports: profile.path === 'denied' ? [path] : [], mount, mountOutput };
  }
  const write = profile.path === 'readOnly' ? 'readOnly' : profile.path === 'full' ? 'failed' : 'ok';
  return {
    server,
    path,
    resolvedAddress,
    ports,
    exports: [path],
    mount: 'ok',
    mountOutput: '',
    write,
    ownerUid: write === 'ok' ? (profile.path === 'squashed' ? 65_534 : 0) : null,
    sizeBytes: exportCapacityBytes,
    freeBytes: profile.path === 'full' ? 0 : exportCapacityBytes - usedBytes,
  };
}

/** 198.19.x.y, fixed by the name. */
function addressOf(server: string): string {
  const digest = hash('sha256', server, 'buffer');
  return `198.19.${digest[0]}.${digest[1]}`;
}
