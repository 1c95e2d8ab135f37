// Metadata by the paths that guests ask for.
import type { RouterConfiguration, RouterGuest } from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { answerMetadata } from './metadata.ts';

const guest: RouterGuest = {
  mac: '06:00:00:00:01:00',
  ip: '10.1.0.9',
  hostName: 'web1',
  uuid: 'c0ffee00-0000-4000-8000-000000000001',
  serviceOffering: 'Small Instance',
  publicKeys: ['ssh-ed25519 AAAA1 a', 'ssh-rsa AAAA2 b'],
  userDataRevision: null,
  digest: 'd',
};
const configuration = { availabilityZone: 'Zone one', cloudIdentifier: 'Strata-{x}' } as RouterConfiguration;
const at = (path: string) => answerMetadata(path, guest, configuration);

describe('a guest', () => {
  it.each([
    ['/latest/meta-data/instance-id', guest.uuid],
    ['/latest/instance-id', guest.uuid],
    ['//latest/meta-data//local-ipv4', '10.1.0.9'],
    ['/latest/local-hostname', 'web1'],
    ['/latest/meta-data/public-keys', 'ssh-ed25519 AAAA1 a\nssh-rsa AAAA2 b'],
    ['/latest/availability-zone', 'Zone one'],
    ['/latest', 'user-data\nmeta-data/'],
    ['/', 'latest'],
  ])('finds at %s what it asks for', (path, text) => {
    expect(at(path)).toEqual({ kind: 'text', text });
  });

  it('finds every entry that the index lists', () => {
    const index = at('/latest/meta-data/');
    const names = index.kind === 'text' ? index.text.split('\n') : [];
    expect(names).toHaveLength(10);
    for (const name of names) expect(at(`/latest/meta-data/${name}`).kind).toBe('text');
  });

  it('finds its user data, and nothing elsewhere', () => {
    expect(at('/latest/user-data').kind).toBe('userData');
    for (const path of [
      '/latest/meta-data/../user-data',
      '/latest/constructor',
      '/1.0/user-data',
      '/latest/meta-data/public-keys/0',
      '/latest/user-data/x',
    ])
      expect(at(path).kind).toBe('missing');
  });
});
