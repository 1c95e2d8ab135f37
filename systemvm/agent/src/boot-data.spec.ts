// Boot data as the management server writes it, and what is refused of anything else.
import { describe, expect, it } from 'vitest';
import { parseBootData } from './boot-data.ts';
import { networkCommands, hostsFile, resolvConf } from './network.ts';

const control = { purpose: 'control', mac: '02:00:4c:00:00:01', ip: '169.254.3.4', prefixLength: 16 };
const management = { purpose: 'management', mac: '02:00:4C:00:00:02', ip: '10.1.0.7', prefixLength: 24, gateway: '10.1.0.1' };
const good = {
  version: 1,
  kind: 'secondarystoragevm',
  uuid: 'a8098c1a-f86e-11da-bd1a-00112444be1e',
  name: 's-1-VM',
  nics: [control, management],
  dns: ['10.1.0.2', '10.1.0.3'],
  authorizedKey: 'ssh-ed25519 AAAAC3Nz strata',
};
const encoded = (change: object = {}) => Buffer.from(JSON.stringify({ ...good, ...change })).toString('base64');

describe('boot data', () => {
  it('is read whole', () => expect(parseBootData(encoded())).toEqual(good));

  it.each([
    ['another version', { version: 2 }],
    ['an unknown kind', { kind: 'guest' }],
    ['a name that is none', { name: 's 1' }],
    ['a second key behind the first', { authorizedKey: 'ssh-ed25519 AAAA\nssh-ed25519 BBBB' }],
    ['options before the key', { authorizedKey: 'command="x" ssh-ed25519 AAAA' }],
    ['two cards of one purpose', { nics: [control, { ...control, mac: '02:00:4c:00:00:09' }] }],
    ['no control card', { nics: [management] }],
    ['two default routes', { nics: [{ ...control, gateway: '169.254.0.1' }, management] }],
    ['an address that is none', { nics: [{ ...control, ip: '169.254.3' }] }],
    ['something more', { shell: 'true' }],
  ])('with %s is refused', (_what, change) => expect(() => parseBootData(encoded(change))).toThrow(/the boot data/));

  it('that is no base64 of JSON is refused', () => expect(() => parseBootData('%%%')).toThrow(SyntaxError));
});

describe('the network', () => {
  const boot = parseBootData(encoded());

  it('is brought up by the names of purposes', () => {
    const names = new Map([
      ['02:00:4c:00:00:01', 'eth0'],
      ['02:00:4c:00:00:02', 'eth1'],
    ]);
    expect(networkCommands(boot, names)).toEqual([
      'link set lo up',
      'link set eth0 down',
      'link set eth0 name control',
      'address replace 169.254.3.4/16 brd + dev control',
      'link set control up',
      'link set eth1 down',
      'link set eth1 name management',
      'address replace 10.1.0.7/24 brd + dev management',
      'link set management up',
      'route replace default via 10.1.0.1 dev management onlink',
    ]);
  });

  it('stays up when the agent starts again', () => {
    const names = new Map([
      ['02:00:4c:00:00:01', 'control'],
      ['02:00:4c:00:00:02', 'management'],
    ]);
    expect(networkCommands(boot, names).filter((command) => command.includes('down') || command.includes('name'))).toEqual([]);
  });

  it('names the card that is missing', () => {
    expect(() => networkCommands(boot, new Map([['02:00:4c:00:00:01', 'eth0']]))).toThrow(
      'the machine has no card with the MAC address 02:00:4C:00:00:02 for its management network',
    );
  });

  it('has its names', () => {
    expect(resolvConf(boot)).toBe('nameserver 10.1.0.2\nnameserver 10.1.0.3\noptions timeout:2 attempts:2\n');
    expect(hostsFile(boot)).toBe('127.0.0.1 localhost\n127.0.1.1 s-1-VM\n');
  });
});
