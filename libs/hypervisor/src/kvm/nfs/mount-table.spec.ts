// The mount table of a host with our mounts and others.
import { expect, it } from 'vitest';
import { exportSource, ourMounts, parseMountTable } from './mount-table.ts';

const table = `proc /proc proc rw,relatime 0 0
/dev/vda1 /mnt ext4 rw,relatime 0 0
10.93.0.5:/export/primary /mnt/506f89c9-462e-4a9b-bd57-587f3e3f179c nfs4 rw,noatime,vers=4.2,hard,proto=tcp 0 0
10.93.0.5:/export/secondary /mnt/9826fb90-999f-4381-9cf6-c307f96a28fd fuse.nfs rw,relatime,user_id=0 0 0
[fd00::5]:/export /mnt/0826fb90-999f-4381-9cf6-c307f96a28fd nfs rw 0 0
10.93.0.5:/export/home /mnt/home nfs4 rw 0 0
/dev/vdb /mnt/1826fb90-999f-4381-9cf6-c307f96a28fd ext4 rw 0 0
/dev/vdc /srv/with\\040blank ext4 rw 0 0
`;

it('finds our mounts among the others', () => {
  expect(ourMounts(parseMountTable(table))).toEqual([
    { uuid: '506f89c9-462e-4a9b-bd57-587f3e3f179c', server: '10.93.0.5', path: '/export/primary' },
    { uuid: '9826fb90-999f-4381-9cf6-c307f96a28fd', server: '10.93.0.5', path: '/export/secondary' },
    { uuid: '0826fb90-999f-4381-9cf6-c307f96a28fd', server: 'fd00::5', path: '/export' },
  ]);
  expect(parseMountTable(table).at(-1)).toEqual({ source: '/dev/vdc', target: '/srv/with blank' });
});

it('names an export as mount does', () => {
  expect(exportSource('nfs1', '/e')).toBe('nfs1:/e');
  expect(exportSource('fd00::5', '/e')).toBe('[fd00::5]:/e');
  expect(exportSource('[fd00::5]', '/e')).toBe('[fd00::5]:/e');
});
