// What dnsmasq is told: own guests by MAC address and nobody else, each subnet with its own gateway.
import type { RouterConfiguration, RouterGuest } from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { dnsmasqConfiguration, guestsFile, namesFile, networkOf } from './dnsmasq-files.ts';

const place = { ip: '10.1.0.2', prefixLength: 16, name: 'r-4-VM', guestsFile: '/run/guests', namesFile: '/run/names' };
const configuration: RouterConfiguration = {
  domain: 'cloud.internal',
  servesDns: true,
  forwarders: ['9.9.9.9', '1.1.1.1'],
  subnets: [
    { gateway: '10.1.0.1', prefixLength: 16 },
    { gateway: '10.2.7.1', prefixLength: 24 },
  ],
  availabilityZone: 'one',
  cloudIdentifier: 'Strata-{x}',
};
const guest = { mac: '06:00:00:00:01:00', ip: '10.1.0.9', hostName: 'web1' } as RouterGuest;

describe('the configuration', () => {
  const lines = (over: Partial<RouterConfiguration> = {}) => dnsmasqConfiguration({ ...configuration, ...over }, place).split('\n');

  it('N01 gives addresses to known cards only', () => {
    expect(lines()).toEqual(expect.arrayContaining(['dhcp-ignore=tag:!known', 'dhcp-authoritative', 'dhcp-hostsfile=/run/guests']));
    expect(lines().filter((line) => line.startsWith('dhcp-range='))).toEqual([
      'dhcp-range=set:subnet0,10.1.0.0,static,255.255.0.0,12h',
      'dhcp-range=set:subnet1,10.2.7.0,static,255.255.255.0,12h',
    ]);
  });

  it('names a gateway for each subnet, and the subnets that are not its own', () => {
    expect(lines()).toEqual(
      expect.arrayContaining([
        'dhcp-option=tag:subnet0,option:router,10.1.0.1',
        'dhcp-option=tag:subnet1,option:router,10.2.7.1',
        'shared-network=guest,10.2.7.0',
      ]),
    );
    expect(lines()).not.toContain('shared-network=guest,10.1.0.0');
  });

  it('sends guests to itself for names, or where it serves none to the others', () => {
    expect(lines()).toContain('dhcp-option=option:dns-server,10.1.0.2');
    expect(lines({ servesDns: false })).toContain('dhcp-option=option:dns-server,9.9.9.9,1.1.1.1');
    expect(lines()).toEqual(expect.arrayContaining(['local=/cloud.internal/', 'server=9.9.9.9', 'server=1.1.1.1']));
  });
});

it('lists guests and their names', () => {
  expect(guestsFile([guest], place)).toBe('06:00:00:00:01:00,10.1.0.9,web1,12h\n');
  expect(namesFile(configuration, [guest], place)).toBe(
    '10.1.0.2 r-4-VM.cloud.internal r-4-VM data-server.cloud.internal data-server\n10.1.0.9 web1.cloud.internal web1\n',
  );
});

it('T29 gives a name to whoever had it first, and names of the router or that guests trust to nobody', () => {
  const called = (at: number, hostName: string): RouterGuest => ({ ...guest, mac: `06:00:00:00:01:0${at}`, ip: `10.1.0.${at}`, hostName });
  const guests = [called(1, 'db'), called(2, 'DB'), called(3, 'Data-Server'), called(4, 'R-4-vm'), called(5, 'wpad')];
  expect(namesFile(configuration, guests, place).split('\n').slice(1)).toEqual(['10.1.0.1 db.cloud.internal db', '']);
  expect(guestsFile(guests, place).trim().split('\n')).toEqual([
    '06:00:00:00:01:01,10.1.0.1,db,12h',
    '06:00:00:00:01:02,10.1.0.2,DB,12h',
    ...[3, 4, 5].map((at) => `06:00:00:00:01:0${at},10.1.0.${at},12h`),
  ]);
  expect(dnsmasqConfiguration(configuration, place).split('\n')).toContain('dhcp-ignore-names');
});

it('finds the network of an address', () => {
  expect(
    ['10.1.2.3/16', '192.168.7.130/25', '255.255.255.255/8'].map((text) => networkOf(text.split('/')[0]!, Number(text.split('/')[1]))),
  ).toEqual(['10.1.0.0', '192.168.7.128', '255.0.0.0']);
});
