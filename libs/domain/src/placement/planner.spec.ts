// The deployment planner: each reason to refuse, the order of choices, and that it never chooses a host without room.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRefusals } from './describe-refusals.ts';
import type { HostCandidate, PlacementRequest, PoolCandidate } from './placement.ts';
import { planDeployment } from './planner.ts';

const gib = 2 ** 30;
const request: PlacementRequest = {
  cpuCores: 2,
  cpuMhz: 1000,
  memoryMib: 2048,
  diskBytes: 10 * gib,
  hypervisor: 'KVM',
  hostTags: [],
  storageTags: [],
};
const host = (id: number, change: Partial<HostCandidate> = {}): HostCandidate => ({
  id,
  name: `kvm${id}`,
  clusterId: 1,
  clusterName: 'c1',
  hypervisor: 'KVM',
  arch: 'x86_64',
  state: 'Up',
  resourceState: 'Enabled',
  zoneState: 'Enabled',
  podState: 'Enabled',
  clusterState: 'Enabled',
  cpuCores: 8,
  cpuMhz: 2000,
  promisableCpuMhz: 16_000,
  promisableMemoryMib: 16_384,
  freeCpuMhz: 16_000,
  freeMemoryMib: 16_384,
  tags: [],
  ...change,
});
const pool = (id: number, change: Partial<PoolCandidate> = {}): PoolCandidate => ({
  id,
  name: `p${id}`,
  scope: 'CLUSTER',
  clusterId: 1,
  hostId: null,
  state: 'Up',
  freeBytes: 100 * gib,
  tags: [],
  ...change,
});
const first = () => 0;

describe('planDeployment', () => {
  it.each<[string, Partial<HostCandidate>, Partial<PlacementRequest>, string]>([
    ['down', { state: 'Down' }, {}, 'is Down'],
    ['alert', { state: 'Alert' }, {}, 'is Alert'],
    ['maintenance', { resourceState: 'Maintenance' }, {}, 'is not in service (Maintenance)'],
    ['disabled host', { resourceState: 'Disabled' }, {}, 'is disabled (updateHost allocationstate=Enable enables it)'],
    ['disabled zone', { zoneState: 'Disabled' }, {}, 'its zone is disabled'],
    ['disabled pod', { podState: 'Disabled' }, {}, 'its pod is disabled (updatePod allocationstate=Enabled enables it)'],
    ['disabled cluster', { clusterState: 'Disabled' }, {}, 'its cluster c1 is disabled (updateCluster allocationstate=Enabled enables it)'],
    ['other hypervisor', { hypervisor: 'Simulator' }, {}, 'runs Simulator, the machine needs KVM'],
    ['other architecture', {}, { arch: 'aarch64' }, 'is x86_64, the template is for aarch64'],
    ['host tag', { tags: ['ssd'] }, { hostTags: ['ssd', 'gpu'] }, 'lacks the host tag gpu of the offering'],
    ['avoided', {}, { avoidHostIds: new Set([1]) }, 'was tried just now and failed'],
    ['few cores', { cpuCores: 1 }, {}, 'has 1 CPU cores, 2 are needed'],
    ['slow cores', { cpuMhz: 900 }, {}, 'has cores of 900 MHz, 1000 MHz are needed'],
    ['busy', { freeCpuMhz: 1999 }, {}, 'has 1999 MHz of CPU free, 2000 MHz are needed'],
    ['memory', { freeMemoryMib: -5 }, {}, 'has 0 MiB of memory free, 2048 MiB are needed'],
    ['no storage (CS-09)', { clusterId: 2, clusterName: 'c2' }, {}, 'there is no primary storage in its cluster c2'],
    ['storage tags', {}, { storageTags: ['fast'] }, 'no primary storage of its cluster c1 fits: p1 lacks the storage tag fast'],
    [
      'storage room',
      {},
      { diskBytes: 101 * gib },
      'no primary storage of its cluster c1 fits: p1 has 100.0 GiB free, 101.0 GiB are needed',
    ],
  ])('L15 refuses a host in words: %s', (_name, hostChange, requestChange, reason) => {
    const placement = planDeployment({ ...request, ...requestChange }, [host(1, hostChange)], [pool(1)], first);
    expect(placement).toEqual({ choices: [], refusals: [{ hostName: 'kvm1', reason }] });
  });

  it('orders choices by what stays free and leaves full hosts out', () => {
    const hosts = [host(1, { freeMemoryMib: 4096 }), host(2), host(3, { freeMemoryMib: 100 }), host(4, { freeCpuMhz: 8000 })];
    const placement = planDeployment(request, hosts, [pool(1)], first);
    expect(placement.choices.map((choice) => choice.host.name)).toEqual(['kvm2', 'kvm4', 'kvm1']);
    expect(placement.refusals.map((refusal) => refusal.hostName)).toEqual(['kvm3']);
  });

  it('lets chance decide between equals only', () => {
    const asked: number[] = [];
    const hosts = [host(1), host(2), host(3, { freeMemoryMib: 4096 })];
    const placement = planDeployment(request, hosts, [pool(1)], (n) => (asked.push(n), n - 1));
    expect(asked).toEqual([2]);
    expect(placement.choices.map((choice) => choice.host.name)).toEqual(['kvm2', 'kvm1', 'kvm3']);
  });

  it('takes only the host that is asked for', () => {
    const placement = planDeployment({ ...request, hostId: 2 }, [host(1), host(2, { state: 'Down' })], [pool(1)], first);
    expect(placement).toEqual({ choices: [], refusals: [{ hostName: 'kvm2', reason: 'is Down' }] });
  });

  it('finds the roomiest pool of the cluster, else of the zone, else of the host', () => {
    const chosen = (...pools: PoolCandidate[]) => planDeployment(request, [host(1)], pools, first).choices[0]?.pool.id;
    expect(chosen(pool(1), pool(2, { freeBytes: 200 * gib }), pool(3, { scope: 'ZONE', clusterId: null, freeBytes: 300 * gib }))).toBe(2);
    expect(chosen(pool(1, { state: 'Maintenance' }), pool(3, { scope: 'ZONE', clusterId: null }))).toBe(3);
    expect(chosen(pool(4, { scope: 'HOST', hostId: 1 }), pool(5, { scope: 'HOST', hostId: 2, freeBytes: 300 * gib }))).toBe(4);
  });

  it('L14 chooses only hosts with room, and names each of the others', () => {
    const someHost = fc.record({
      freeCpuMhz: fc.integer({ min: -100, max: 16_000 }),
      freeMemoryMib: fc.integer({ min: -100, max: 16_384 }),
      state: fc.constantFrom('Up' as const, 'Down' as const),
      clusterId: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(someHost, { maxLength: 30 }), fc.nat(), (changes, seed) => {
        const hosts = changes.map((change, index) => host(index + 1, change));
        const placement = planDeployment(request, hosts, [pool(1), pool(2, { clusterId: 2, freeBytes: gib })], (n) => seed % n);
        for (const choice of placement.choices) {
          expect(choice.host.state).toBe('Up');
          expect(choice.host.freeCpuMhz).toBeGreaterThanOrEqual(2000);
          expect(choice.host.freeMemoryMib).toBeGreaterThanOrEqual(2048);
          expect(choice.pool.clusterId).toBe(choice.host.clusterId);
        }
        expect(new Set(placement.choices.map((choice) => choice.host.id)).size).toBe(placement.choices.length);
        const fitting = hosts.filter(
          (one) => one.state === 'Up' && one.freeCpuMhz >= 2000 && one.freeMemoryMib >= 2048 && one.clusterId === 1,
        ).length;
        expect(placement.choices.length).toBe(Math.min(8, fitting));
        expect(placement.refusals.length).toBe(hosts.length - fitting);
      }),
    );
  });
});

describe('describeRefusals', () => {
  it('joins hosts with the same reason and cuts long lists', () => {
    const refusals = [
      ...Array.from({ length: 9 }, (_, index) => ({ hostName: `kvm${index}`, reason: 'is Down' })),
      { hostName: 'kvm10', reason: 'is disabled' },
    ];
    expect(describeRefusals(request, refusals)).toBe(
      'no host can take this machine (2 CPU of 1000 MHz, 2048 MiB of memory, 10.0 GiB of disk): kvm0, kvm1, kvm2 and 6 more: is Down. kvm10: is disabled',
    );
    expect(describeRefusals({ ...request, diskBytes: 0 }, refusals)).toContain('(2 CPU of 1000 MHz, 2048 MiB of memory): ');
    const many = Array.from({ length: 1000 }, (_, index) => ({ hostName: `kvm${index}`, reason: `has ${index} MiB of memory free` }));
    expect(describeRefusals(request, many).length).toBeLessThan(500);
    expect(describeRefusals(request, many)).toContain('994 more hosts have other reasons');
  });

  it('speaks of the zone, not of its hosts, when that is disabled', () => {
    const refusals = [
      { hostName: 'kvm1', reason: 'is Down' },
      { hostName: 'kvm2', reason: 'its zone is disabled' },
    ];
    expect(describeRefusals(request, refusals)).toBe(
      'the zone is disabled, so no machine can be started there: an administrator enables it with updateZone allocationstate=Enabled',
    );
  });

  it('says when there is no host at all', () => {
    expect(describeRefusals(request, [])).toContain('there is no KVM host to choose from');
  });
});
