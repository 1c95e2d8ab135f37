// The probe's answer as text, and what mount.nfs says for each cause.
import { describe, expect, it } from 'vitest';
import { mountFailureOf } from './mount-failure.ts';
import { parseProbe, probeNfsLocally } from './probe-nfs.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('parseProbe', () => {
  it('CS-34 reads a good export', () => {
    const output = `address=10.0.0.5\nport111=open\nport2049=open\nexports=${base64('/export/primary\n/export/secondary\n')}\nmounted=0\nsaid=\nspace=4096 1000 250\nwrite=0\nwriteSaid=\nowner=0\n`;
    expect(parseProbe('nfs1', '/export/primary', output)).toEqual({
      server: 'nfs1',
      path: '/export/primary',
      resolvedAddress: '10.0.0.5',
      ports: { portmapper111: 'open', nfs2049: 'open' },
      exports: ['/export/primary', '/export/secondary'],
      mount: 'ok',
      mountOutput: '',
      write: 'ok',
      ownerUid: 0,
      sizeBytes: 4_096_000,
      freeBytes: 1_024_000,
    });
  });

  it('CS-35 reads an NFSv4-only server behind a firewall that rejects the portmapper', () => {
    const output = `address=10.0.0.5\nport111=rejected\nport2049=open\nmounted=32\nsaid=${base64('mount.nfs: access denied by server while mounting x')}\n`;
    expect(parseProbe('nfs1', '/e', output)).toMatchObject({
      ports: { portmapper111: 'rejected', nfs2049: 'open' },
      exports: null,
      mount: 'denied',
      write: null,
      sizeBytes: null,
    });
  });

  it('CS-34 tells root_squash and read-only exports apart', () => {
    const answer = (said: string, owner: string): string =>
      `address=1.2.3.4\nmounted=0\nsaid=\nwrite=1\nwriteSaid=${base64(said)}\n${owner}`;
    expect(parseProbe('s', '/e', answer('chown: Operation not permitted', 'owner=65534\n'))).toMatchObject({
      write: 'denied',
      ownerUid: 65534,
    });
    expect(parseProbe('s', '/e', answer('cannot create: Read-only file system', ''))).toMatchObject({ write: 'readOnly', ownerUid: null });
  });

  it('CS-38 stops where the name does not resolve', () => {
    expect(parseProbe('s', '/e', '')).toMatchObject({
      resolvedAddress: null,
      ports: null,
      exports: null,
      mount: null,
      mountOutput: '',
      write: null,
    });
  });
});

it.each([
  ['mount.nfs: access denied by server while mounting 10.0.0.5:/e', 'denied'],
  ['mount.nfs: Operation not permitted', 'denied'],
  ['mount.nfs: mounting 10.0.0.5:/e failed, reason given by server: No such file or directory', 'missing'],
  ['mount.nfs: Connection refused', 'refused'],
  ['mount.nfs: Connection timed out', 'timedOut'],
  ['mount.nfs: No route to host', 'timedOut'],
  ['mount: /mnt/x: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.', 'noClient'],
  ['mount.nfs: something else', 'failed'],
])('CS-40 %s means %s', (text, failure) => {
  expect(mountFailureOf(text)).toBe(failure);
});

it('looks from this machine, too, and leaves no mount behind', async () => {
  // Reserved by RFC 6761: never resolves.
  expect(await probeNfsLocally('nowhere.invalid', '/export')).toMatchObject({ resolvedAddress: null, mount: null });
});
