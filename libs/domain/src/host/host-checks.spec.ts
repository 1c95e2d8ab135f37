// Host checks: a good host is green, and each fault turns its own check, with cause and remedy.
import { describe, expect, it } from 'vitest';
import { describeChecks, redChecks } from '../check.ts';
import { parseCidr } from '../network/ipv4.ts';
import { hostChecks, type HostCheckContext } from './host-checks.ts';
import type { HostFacts } from './host-facts.ts';

const good: HostFacts = {
  fqdn: 'kvm1.example.org',
  hostname: 'kvm1',
  arch: 'x86_64',
  osName: 'Debian GNU/Linux 12 (bookworm)',
  cpuModel: 'Xeon',
  cpuCores: 8,
  cpuSockets: 1,
  cpuMhz: 2400,
  memoryMib: 16_384,
  isRoot: true,
  libvirtVersion: '9.0.0',
  qemuVersion: '7.2.17',
  hardwareVirtualisation: true,
  bridges: [{ name: 'cloudbr0', macPinned: true, ports: ['eth0'] }],
  machines: [],
  clockOffsetMs: 20,
  timeSyncActive: true,
  hasNfsClient: true,
  usesDhcp: false,
  mandatoryAccessControl: null,
  hostKeySha256: 'abc',
};
const context: HostCheckContext = {
  emulationAllowed: false,
  guestBridge: 'cloudbr0',
  ownedMachineNames: new Set(['i-2-3-VM']),
  hostAddress: '10.0.0.11',
  pod: { name: 'rack-1', cidr: parseCidr('10.0.0.0/24', 'x') },
  cluster: { name: 'c1', arch: 'x86_64', cpuModel: 'Xeon' },
  existingHosts: [{ name: 'kvm2', hostKeySha256: 'def' }],
};

/** The checks that a change of facts or context turns from green. */
const notGreen = (facts: Partial<HostFacts>, change: Partial<HostCheckContext> = {}) =>
  hostChecks({ ...good, ...facts }, { ...context, ...change }).filter((result) => result.level !== 'green');

describe('hostChecks', () => {
  it('is green for a good host, and says what was measured', () => {
    expect(notGreen({})).toEqual([]);
    expect(hostChecks(good, context).every((result) => result.measured !== '' && result.cause === '' && result.remedy === '')).toBe(true);
  });

  it.each<[string, Partial<HostFacts>, Partial<HostCheckContext>, string, 'amber' | 'red', RegExp]>([
    ['CS-05 outside the pod', {}, { hostAddress: '10.0.1.11' }, 'host.podSubnet', 'red', /outside the subnet of pod rack-1/],
    ['CS-05 address unknown', {}, { hostAddress: null }, 'host.podSubnet', 'amber', /cannot be compared/],
    ['CS-06 other architecture', { arch: 'aarch64' }, {}, 'host.cluster', 'red', /architecture differs from that of cluster c1/],
    ['CS-06 other processor', { cpuModel: 'EPYC' }, {}, 'host.cluster', 'amber', /processor model differs/],
    ['CS-16 no virtualisation', { hardwareVirtualisation: false }, {}, 'host.virtualisation', 'red', /VT\/SVM is disabled or missing/],
    [
      'CS-16 emulation allowed',
      { hardwareVirtualisation: false },
      { emulationAllowed: true },
      'host.virtualisation',
      'amber',
      /software emulation \(TCG\)/,
    ],
    ['CS-17 32 bit', { arch: 'i686' }, { cluster: null }, 'host.arch', 'red', /i686, which is not supported/],
    ['CS-18 other system', { osName: 'CentOS Linux 6.3' }, {}, 'host.os', 'amber', /not been tried/],
    [
      'CS-19 foreign, running',
      {
        machines: [
          { name: 'win7', running: true },
          { name: 'i-2-3-VM', running: true },
        ],
      },
      {},
      'host.foreignMachines',
      'red',
      /not ours run on it/,
    ],
    ['CS-19 foreign, stopped', { machines: [{ name: 'win7', running: false }] }, {}, 'host.foreignMachines', 'amber', /are defined on it/],
    ['CS-20 not root', { isRoot: false }, {}, 'host.root', 'red', /no rights of root/],
    ['CS-21 DHCP', { usesDhcp: true }, {}, 'host.staticAddress', 'amber', /DHCP: when it changes/],
    ['CS-25 does not resolve', { fqdn: null }, {}, 'host.fqdn', 'red', /does not resolve/],
    ['CS-25 no domain', { fqdn: 'kvm1' }, {}, 'host.fqdn', 'red', /has no domain/],
    ['CS-26 enforcing', { mandatoryAccessControl: 'enforcing' }, {}, 'host.accessControl', 'amber', /may keep machines from disks/],
    ['CS-47 no libvirt', { libvirtVersion: null }, {}, 'host.libvirt', 'red', /not installed or does not run/],
    ['CS-47 old libvirt', { libvirtVersion: '5.10.0' }, {}, 'host.libvirt', 'red', /5\.10\.0 is too old: 6\.0/],
    ['CS-47 no QEMU', { qemuVersion: null }, {}, 'host.qemu', 'red', /not installed/],
    ['CS-47 old QEMU', { qemuVersion: '4.1.1' }, {}, 'host.qemu', 'red', /4\.1\.1 is too old: 4\.2/],
    ['CS-50 over a minute', { clockOffsetMs: -60_001 }, {}, 'host.clock', 'red', /more than a minute/],
    ['CS-50 over 5 s', { clockOffsetMs: 5001 }, {}, 'host.clock', 'amber', /more than 5 seconds/],
    ['CS-50 no time service', { timeSyncActive: false }, {}, 'host.timeSync', 'amber', /no time service/],
    [
      'bridge missing',
      { bridges: [{ name: 'virbr0', macPinned: true, ports: [] }] },
      {},
      'host.bridge',
      'red',
      /guest bridge cloudbr0 is missing/,
    ],
    [
      'bridge not pinned',
      { bridges: [{ name: 'cloudbr0', macPinned: false, ports: ['eth0'] }] },
      {},
      'host.bridge',
      'amber',
      /not set explicitly/,
    ],
    ['no NFS client', { hasNfsClient: false }, {}, 'host.nfsClient', 'red', /NFS client is missing/],
    ['already added', { hostKeySha256: 'def' }, {}, 'host.notYetAdded', 'red', /already there as host kvm2/],
  ])('%s', (_name, facts, change, code, level, cause) => {
    const results = notGreen(facts, change);
    expect(results.map((result) => [result.code, result.level])).toEqual([[code, level]]);
    expect(results[0]?.cause).toMatch(cause);
    expect(results[0]?.remedy.length).toBeGreaterThan(20);
    expect(results[0]?.measured).not.toBe('');
  });

  it('CS-25 has two texts: name without domain and name that does not resolve', () => {
    const [unresolved, short] = [notGreen({ fqdn: null })[0], notGreen({ fqdn: 'kvm1' })[0]];
    expect(unresolved?.cause).not.toBe(short?.cause);
    expect(unresolved?.remedy).toContain('/etc/hosts');
    expect(short?.measured).toBe('hostname --fqdn prints kvm1');
  });

  it('CS-19 names the foreign machines and the clock shows its offset', () => {
    expect(notGreen({ machines: [{ name: 'win7', running: true }] })[0]?.measured).toBe('1 running: win7');
    const both = [
      { name: 'win7', running: true },
      { name: 'old', running: false },
    ];
    expect(notGreen({ machines: both })[0]?.measured).toBe('1 running: win7; 1 defined: old');
    expect(hostChecks({ ...good, clockOffsetMs: -1500 }, context).find((result) => result.code === 'host.clock')?.measured).toBe(
      '1.5 s behind the management server',
    );
  });

  it('every check has its own code, and red ones are told apart', () => {
    const codes = hostChecks(good, context).map((result) => result.code);
    expect(new Set(codes).size).toBe(codes.length);
    const broken = redChecks(hostChecks({ ...good, isRoot: false, clockOffsetMs: 9000 }, context));
    expect(broken.map((result) => result.code)).toEqual(['host.root']);
    expect(describeChecks(broken)).toContain('Rights of the login: the login has no rights of root');
  });
});
