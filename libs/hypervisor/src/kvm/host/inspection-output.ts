// Understands the answer to the inspection script: a pure function, tested with answers of real hosts.
import type { BridgeFacts, HostFacts } from '@strata/domain';
import { parseMachineList } from '../libvirt/virsh-output.ts';

/** What one script can tell; clock, virtualisation and host key are measured apart. */
export type InspectionFacts = Omit<HostFacts, 'clockOffsetMs' | 'hardwareVirtualisation' | 'hostKeySha256'>;

export function parseInspection(output: string, boundary: string): InspectionFacts {
  const sections = splitSections(output, boundary);
  const section = (name: string): string => sections.get(name) ?? '';
  const line = (name: string): string => section(name).split('\n')[0] ?? '';
  const hostname = line('hostname');
  const fqdn = line('fqdn');
  const cpu = section('cpu');
  return {
    fqdn: fqdn === '' ? null : fqdn,
    hostname,
    arch: line('arch'),
    osName: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(section('os'))?.[1] ?? 'unknown',
    cpuModel: labelled(cpu, 'Model name') ?? 'unknown',
    cpuCores: Number(line('processors')) || 1,
    cpuSockets: Number(labelled(cpu, 'Socket\\(s\\)')) || 1,
    cpuMhz: cpuMhz(cpu, line('mhz')),
    memoryMib: Math.floor(Number(/(\d+) kB/.exec(line('memory'))?.[1] ?? 0) / 1024),
    isRoot: line('uid') === '0',
    libvirtVersion: /Running against daemon: (\d+(?:\.\d+)+)/.exec(section('libvirt'))?.[1] ?? null,
    qemuVersion: /version (\d+(?:\.\d+)+)/.exec(section('qemu'))?.[1] ?? null,
    bridges: section('bridges').split('\n').flatMap(parseBridge),
    machines: parseMachineList(section('machines')).map(({ name, power }) => ({ name, running: power !== 'stopped' })),
    timeSyncActive: /^(?:yes|running)$/m.test(section('timesync')),
    hasNfsClient: line('nfs') !== '',
    usesDhcp: usesDhcp(line('address'), section('addresses')),
    mandatoryAccessControl: accessControl(line('selinux'), section('apparmor')),
  };
}

function splitSections(output: string, boundary: string): Map<string, string> {
  const sections = new Map<string, string>();
  for (const part of output.split(`\n${boundary} `).slice(1)) {
    const end = part.indexOf('\n');
    sections.set(part.slice(0, end), part.slice(end + 1).trimEnd());
  }
  return sections;
}

function labelled(text: string, label: string): string | undefined {
  return new RegExp(`^\\s*${label}:\\s*(.*\\S)\\s*$`, 'm').exec(text)?.[1];
}

/** The highest frequency where the CPU tells it, else the one in its name, else the present one. */
function cpuMhz(lscpu: string, procLine: string): number {
  const highest = Number(labelled(lscpu, 'CPU max MHz'));
  if (highest > 0) return Math.round(highest);
  const nominal = /@ ([\d.]+)GHz/.exec(lscpu)?.[1];
  if (nominal !== undefined) return Math.round(Number(nominal) * 1000);
  const present = Number(labelled(lscpu, 'CPU MHz') ?? /:\s*([\d.]+)/.exec(procLine)?.[1]);
  return present > 0 ? Math.round(present) : 0;
}

function parseBridge(line: string): BridgeFacts[] {
  const [name, assignType, ...ports] = line.trim().split(/\s+/);
  if (name === undefined || name === '') return [];
  // 3 is NET_ADDR_SET: someone set the address, so the kernel no longer follows the ports.
  return [{ name, macPinned: assignType === '3', ports }];
}

/** An address with a lifetime was leased; `ip` calls it dynamic. The management address is the one that our connection came in by. */
function usesDhcp(connection: string, addresses: string): boolean | null {
  const ours = connection.split(' ')[2];
  if (ours === undefined) return null;
  const line = addresses.split('\n').find((candidate) => candidate.includes(` ${ours}/`));
  return line === undefined ? null : /\bdynamic\b/.test(line);
}

function accessControl(selinux: string, apparmor: string): string | null {
  if (selinux !== '') return selinux.toLowerCase();
  const [enabled = '', ...profiles] = apparmor.split('\n');
  if (enabled === '') return null;
  const profile = profiles.find((candidate) => /(?:^|\/)libvirtd\b/.test(candidate));
  if (enabled !== 'Y' || profile === undefined) return 'disabled';
  return profile.includes('(enforce)') ? 'enforcing' : 'permissive';
}
