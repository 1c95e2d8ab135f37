// Domain XML against golden files; the lab proves that libvirt takes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MachineSpec } from '../../specs.ts';
import { domainXml, escapeXml } from './domain-xml.ts';

const mount = { uuid: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', server: 'nfs.example.org', path: '/export/primary' };
const machine: MachineSpec = {
  name: 'i-2-17-VM',
  uuid: 'a8098c1a-f86e-11da-bd1a-00112444be1e',
  cpuCount: 2,
  cpuMhz: 1000,
  memoryMib: 512,
  virtualisation: 'hardware',
  // Out of order on purpose: device ids decide.
  disks: [
    { file: { mount, path: 'data/volume-2.raw' }, format: 'raw', deviceId: 2 },
    { file: { mount, path: 'volume-1.qcow2' }, format: 'qcow2', deviceId: 0 },
  ],
  nics: [
    { mac: '02:00:4C:00:00:02', bridge: 'cloudbr1', deviceId: 1 },
    { mac: '02:00:4c:00:00:01', bridge: 'cloudbr0', deviceId: 0 },
  ],
};

const golden = (name: string): string => readFileSync(join(import.meta.dirname, 'golden', name), 'utf8');

describe('domainXml', () => {
  it('describes a machine under hardware virtualisation', () => {
    expect(domainXml(machine)).toBe(golden('machine.hardware.xml'));
  });

  it('describes an emulated machine without disks and NICs', () => {
    expect(domainXml({ ...machine, virtualisation: 'emulated', disks: [], nics: [] })).toBe(golden('machine.emulated.xml'));
  });

  it('gives a CD drive that is booted from before the disk', () => {
    const iso = { mount, path: 'template/iso/one.iso' };
    const drive = (cdrom: MachineSpec['cdrom']): string => domainXml({ ...machine, ...(cdrom !== undefined && { cdrom }) });
    expect(drive(undefined)).not.toContain('cdrom');
    expect(drive(null)).toContain("device='cdrom'");
    expect(drive(null)).not.toContain('one.iso');
    const loaded = drive(iso);
    expect(loaded).toContain(`<source file='/mnt/${mount.uuid}/template/iso/one.iso'/>`);
    expect(loaded.match(/<boot order='\d'\/>/g)).toEqual(["<boot order='2'/>", "<boot order='1'/>"]);
    expect(() => drive({ mount, path: '../../etc/shadow' })).toThrow(expect.objectContaining({ kind: 'refused' }));
  });

  it('T22 asks for the console password, on loopback only', () => {
    expect(domainXml({ ...machine, consolePassword: 'aB3dE6gH' })).toContain(
      "<graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='aB3dE6gH'/>",
    );
    for (const consolePassword of ['', 'short', "12345'/>", '123456789'])
      expect(() => domainXml({ ...machine, consolePassword })).toThrow(expect.objectContaining({ kind: 'refused' }));
  });

  it('hands boot data to the firmware of a system machine', () => {
    const bootData = JSON.stringify({ version: 1, name: 's-1-VM', authorizedKey: "ssh-ed25519 AAAA it's <mine>" });
    expect(domainXml({ ...machine, virtualisation: 'emulated', disks: [], nics: [], bootData })).toBe(golden('machine.system.xml'));
    for (const refused of ['', 'two\nlines', 'ü', 'x'.repeat(16_385)])
      expect(() => domainXml({ ...machine, bootData: refused }), refused.slice(0, 10)).toThrow(
        expect.objectContaining({ kind: 'refused' }),
      );
  });

  it('keeps CPU shares inside what cgroup v2 takes', () => {
    expect(domainXml({ ...machine, cpuCount: 64, cpuMhz: 3000 })).toContain('<shares>10000</shares>');
    expect(domainXml({ ...machine, cpuCount: 1, cpuMhz: 5 })).toContain('<shares>2</shares>');
  });

  it('T09 refuses what could mean something else to libvirt, a shell or a path', () => {
    const first = machine.disks[0];
    const nic = machine.nics[0];
    if (first === undefined || nic === undefined) throw new Error('the machine has disks and NICs');
    const refused: Partial<MachineSpec>[] = [
      { name: "x'/><evil" },
      { name: '../x' },
      { uuid: 'not-a-uuid' },
      { memoryMib: 0 },
      { cpuCount: 1.5 },
      { disks: [{ ...first, file: { mount, path: '../../etc/shadow' } }] },
      { disks: [{ ...first, deviceId: 26 }] },
      { nics: [{ ...nic, mac: '02:00' }] },
      { nics: [{ ...nic, bridge: "br'0" }] },
    ];
    for (const change of refused)
      expect(() => domainXml({ ...machine, ...change }), JSON.stringify(change)).toThrow(expect.objectContaining({ kind: 'refused' }));
  });
});

it('escapes text for XML', () => {
  expect(escapeXml(`<a b="c">&'`)).toBe('&lt;a b=&quot;c&quot;&gt;&amp;&apos;');
});
