// What the environment may say, and how a mistake in it is named.
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const needed = { STRATA_DATABASE_URL: 'mysql://u:p@127.0.0.1/cloud' };

describe('readConfig', () => {
  it('opens no door that was not asked for', () => {
    expect(readConfig(needed)).toMatchObject({
      listenAddress: '127.0.0.1',
      integrationPort: 0,
      simulator: false,
      emulation: false,
      allowDefaultPassword: false,
      trustedProxies: [],
    });
  });

  it('takes proxies as addresses and networks', () => {
    const { trustedProxies } = readConfig({ ...needed, STRATA_TRUSTED_PROXIES: '192.0.2.7, 10.0.0.0/8,2001:db8::/32,' });
    expect(trustedProxies).toEqual(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32']);
  });

  it.each(['proxy.example', '192.0.2', '10.0.0.0/33', '10.0.0.0/', '0.0.0.0/0', '::/0', '10.0.0.0/255.0.0.0/8', 'loopback'])(
    'refuses %s as a proxy',
    (text) => expect(() => readConfig({ ...needed, STRATA_TRUSTED_PROXIES: `192.0.2.7,${text}` })).toThrow(`holds "${text}"`),
  );

  it.each([
    ['STRATA_PORT', '70000', 'a port from 0 to 65535'],
    ['STRATA_SIMULATOR', 'yes', '0 or 1'],
  ])('names %s=%s and what is expected', (name, value, expected) => {
    expect(() => readConfig({ ...needed, [name]: value })).toThrow(new RegExp(`${name} is "${value}": ${expected}`));
  });

  it('asks for a database', () => expect(() => readConfig({})).toThrow(/STRATA_DATABASE_URL is not set/));
});
