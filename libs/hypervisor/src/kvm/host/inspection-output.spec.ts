// The inspection's answer, of a real host and of one that lacks everything.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseInspection } from './inspection-output.ts';

const real = readFileSync(join(import.meta.dirname, 'golden', 'inspection.debian-12.txt'), 'utf8');
const withSection = (name: string, content: string): string => `\nboundary ${name}\n${content}\n`;

describe('parseInspection', () => {
  it('reads a Debian 12 host', () => {
    expect(parseInspection(real, 'boundary')).toEqual({
      fqdn: 'kvm1.lab.strata.test',
      hostname: 'kvm1.lab.strata.test',
      arch: 'x86_64',
      osName: 'Debian GNU/Linux 12 (bookworm)',
      cpuModel: 'AMD EPYC',
      cpuCores: 2,
      cpuSockets: 1,
      cpuMhz: 2596,
      memoryMib: 24105,
      isRoot: true,
      libvirtVersion: '9.0.0',
      qemuVersion: '7.2.22',
      bridges: [{ name: 'cloudbr0', macPinned: true, ports: ['eth0'] }],
      machines: [
        { name: 'with blank', running: true },
        { name: 'defd', running: false },
      ],
      timeSyncActive: false,
      hasNfsClient: true,
      usesDhcp: false,
      mandatoryAccessControl: null,
    });
  });

  it('tells nothing of a host that lacks everything', () => {
    const bare =
      withSection('hostname', 'bare') +
      withSection('uid', '1000') +
      ['fqdn', 'libvirt', 'qemu', 'bridges', 'nfs'].map((name) => withSection(name, '')).join('');
    expect(parseInspection(bare, 'boundary')).toMatchObject({
      hostname: 'bare',
      fqdn: null,
      isRoot: false,
      libvirtVersion: null,
      qemuVersion: null,
      bridges: [],
      machines: [],
      timeSyncActive: false,
      hasNfsClient: false,
      usesDhcp: null,
      mandatoryAccessControl: null,
    });
  });

  it('takes no section from the output of a program that does not know the boundary', () => {
    expect(parseInspection(withSection('hostname', 'a\nother uid\n0'), 'boundary')).toMatchObject({ hostname: 'a', isRoot: false });
  });

  it('sees floating bridges, leased addresses and access control', () => {
    const output =
      withSection('bridges', 'br0 1 eth0 vnet3 \nbr1 3 ') +
      withSection('address', '10.0.0.9 5000 10.0.0.11 22') +
      withSection(
        'addresses',
        '2: br0    inet 10.0.0.11/24 brd 10.0.0.255 scope global dynamic br0\\       valid_lft 3000sec preferred_lft 3000sec',
      ) +
      withSection('timesync', 'yes');
    const apparmor = withSection('apparmor', 'Y\nlibvirtd (enforce)\nlibvirtd//qemu_bridge_helper (enforce)');
    expect(parseInspection(output + apparmor, 'boundary')).toMatchObject({
      bridges: [
        { name: 'br0', macPinned: false, ports: ['eth0', 'vnet3'] },
        { name: 'br1', macPinned: true, ports: [] },
      ],
      usesDhcp: true,
      timeSyncActive: true,
      mandatoryAccessControl: 'enforcing',
    });
    expect(parseInspection(output + withSection('selinux', 'Permissive'), 'boundary').mandatoryAccessControl).toBe('permissive');
  });

  it('prefers the highest frequency, then the one in the name', () => {
    const mhz = (lscpu: string): number =>
      parseInspection(withSection('cpu', lscpu) + withSection('mhz', 'cpu MHz : 800.000'), 'boundary').cpuMhz;
    expect(mhz('CPU max MHz:    3500.0000\nModel name: X @ 2.10GHz')).toBe(3500);
    expect(mhz('Model name:   Intel(R) Xeon(R) X @ 2.10GHz')).toBe(2100);
    expect(mhz('Model name:   AMD EPYC')).toBe(800);
  });
});
