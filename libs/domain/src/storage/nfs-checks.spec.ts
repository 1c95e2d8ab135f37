// NFS checks: each fault of CS-34 to CS-40 is told apart from the others.
import { describe, expect, it } from 'vitest';
import type { NfsProbe } from '../host/host-facts.ts';
import { nfsChecks } from './nfs-checks.ts';

const gib = 2 ** 30;
const good: NfsProbe = {
  server: 'nfs1.example.org',
  path: '/export/primary',
  resolvedAddress: '10.0.0.5',
  ports: { portmapper111: 'open', nfs2049: 'open' },
  exports: ['/export/primary', '/export/secondary'],
  mount: 'ok',
  mountOutput: '',
  write: 'ok',
  ownerUid: 0,
  sizeBytes: 100 * gib,
  freeBytes: 50 * gib,
};
const context = { wantedFreeBytes: 10 * gib };
const unmounted = { mount: null, write: null, ownerUid: null, sizeBytes: null, freeBytes: null, exports: null } as const;
const unwritten = { write: null, ownerUid: null, sizeBytes: null, freeBytes: null } as const;
const closed = (nfs2049: 'refused' | 'rejected' | 'silent') => ({ ...unmounted, ports: { portmapper111: nfs2049, nfs2049 } });
const notGreen = (change: Partial<NfsProbe>, byAddress?: NfsProbe) =>
  nfsChecks({ ...good, ...change }, { ...context, byAddress }).filter((result) => result.level !== 'green');

describe('nfsChecks', () => {
  it('is green for a good export, also for a server of NFSv4 alone', () => {
    expect(nfsChecks(good, context).map((result) => result.level)).toEqual(['green', 'green', 'green', 'green', 'green', 'green']);
    expect(notGreen({ exports: null, ports: { portmapper111: 'silent', nfs2049: 'open' } })).toEqual([]);
  });

  it.each<[string, Partial<NfsProbe>, string, 'amber' | 'red', RegExp, RegExp]>([
    [
      'name unknown',
      { ...unmounted, resolvedAddress: null, ports: null },
      'nfs.name',
      'red',
      /does not know the name nfs1/,
      /\/etc\/hosts/,
    ],
    [
      'CS-38 name of the host itself',
      { ...closed('refused'), resolvedAddress: '127.0.1.1' },
      'nfs.name',
      'red',
      /resolves to the host itself/,
      /\/etc\/hosts/,
    ],
    ['CS-40 refused', closed('refused'), 'nfs.ports', 'red', /errno 111/, /systemctl enable --now nfs-server/],
    [
      'CS-39 rejected',
      closed('rejected'),
      'nfs.ports',
      'red',
      /errno 113.*firewall.*ACCEPT rule stands after a REJECT/,
      /iptables -I INPUT 1 -p tcp/,
    ],
    ['CS-40 silent', closed('silent'), 'nfs.ports', 'red', /drops the packets/, /ping 10\.0\.0\.5/],
    [
      'path not exported',
      { ...unmounted, exports: ['/export/other'] },
      'nfs.exported',
      'red',
      /not among the exported folders/,
      /mkdir -p \/export\/primary/,
    ],
    [
      'CS-40 denied',
      { ...unwritten, mount: 'denied', mountOutput: 'mount.nfs: access denied by server' },
      'nfs.mount',
      'red',
      /export list.*illegal port/,
      /insecure/,
    ],
    [
      'path missing',
      { ...unwritten, mount: 'missing', exports: null },
      'nfs.mount',
      'red',
      /does not exist on the NFS server/,
      /mkdir -p \/export\/primary/,
    ],
    ['CS-28 services down', { ...unwritten, mount: 'refused' }, 'nfs.mount', 'red', /errno 111/, /rpcbind nfs-server/],
    ['CS-35 mountd behind a firewall', { ...unwritten, mount: 'timedOut' }, 'nfs.mount', 'red', /mount service/, /892/],
    [
      'mount fails otherwise',
      { ...unwritten, mount: 'failed', mountOutput: 'Protocol not supported' },
      'nfs.mount',
      'red',
      /another reason/,
      /mount -v -t nfs/,
    ],
    ['read-only', { write: 'readOnly', ownerUid: null }, 'nfs.write', 'red', /read-only/, /with rw: sed -i/],
    ['CS-34 root_squash, refused', { write: 'denied', ownerUid: null }, 'nfs.write', 'red', /root_squash/, /no_root_squash/],
    ['writing fails', { write: 'failed', ownerUid: null }, 'nfs.write', 'red', /full or damaged/, /df -h/],
    ['CS-34 root_squash, nobody', { ownerUid: 65_534 }, 'nfs.owner', 'red', /nobody: the export has root_squash/, /no_root_squash/],
    ['CS-36 id mapping', { ownerUid: 4_294_967_294 }, 'nfs.owner', 'red', /id mapping domain differs/, /idmapd\.conf/],
    ['all_squash', { ownerUid: 1000 }, 'nfs.owner', 'red', /belongs to user 1000/, /exportfs -ra/],
    ['full', { freeBytes: 0 }, 'nfs.space', 'red', /is full/, /df -h/],
    ['nearly full', { freeBytes: 5 * gib }, 'nfs.space', 'amber', /less than 10\.0 GiB/, /larger disk/],
  ])('%s', (_name, change, code, level, cause, remedy) => {
    const results = notGreen(change);
    expect(results.map((result) => [result.code, result.level])).toEqual([[code, level]]);
    expect(results[0]?.cause).toMatch(cause);
    expect(results[0]?.remedy).toMatch(remedy);
  });

  it('CS-34 exports by commands that can be pasted, to the networks of the hosts where they are known', () => {
    const remedy = (clients?: string[]) =>
      nfsChecks({ ...good, path: '/export/v1.2', write: 'denied', ownerUid: null }, { ...context, clients }).at(-1)!.remedy;
    const options = '(rw,async,no_root_squash,no_subtree_check,insecure)';
    expect(remedy()).toBe(
      `on the NFS server: sed -i.bak '\\|^/export/v1\\.2[[:space:]]|d' /etc/exports; echo "/export/v1.2 *${options}" >> /etc/exports; exportfs -ra; chown root:root /export/v1.2`,
    );
    expect(remedy(['10.0.0.0/24', '10.1.0.0/24'])).toContain(`echo "/export/v1.2 10.0.0.0/24${options} 10.1.0.0/24${options}" >>`);
  });

  it('CS-38 says that the name leads elsewhere when the address works', () => {
    const byAddress: NfsProbe = { ...good, server: '10.0.0.5', resolvedAddress: '10.0.0.5' };
    const [result] = notGreen({ ...closed('refused'), resolvedAddress: '10.0.0.99' }, byAddress);
    expect(result?.cause).toContain('resolves to another address');
    expect(result?.remedy).toContain('echo "10.0.0.5 nfs1.example.org" >> /etc/hosts');
  });

  it('CS-34 to CS-40: no two faults share a cause', () => {
    const faults: Partial<NfsProbe>[] = [
      closed('refused'),
      closed('rejected'),
      closed('silent'),
      { ...unwritten, mount: 'denied' },
      { ...unwritten, mount: 'missing' },
      { write: 'readOnly', ownerUid: null },
      { write: 'denied', ownerUid: null },
      { ownerUid: 65_534 },
      { ownerUid: 4_294_967_294 },
    ];
    const causes = faults.map((fault) => notGreen(fault)[0]?.cause);
    expect(new Set(causes).size).toBe(faults.length);
  });
});
