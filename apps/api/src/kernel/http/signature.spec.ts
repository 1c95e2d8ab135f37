// The signature vectors of the contract, accepted deviations of real clients, and every kind of misfit (CS-16).
import { describe, expect, it } from 'vitest';
import { isCurrent, sign, signatureFits, textToSign } from './signature.ts';

const secret = 'EXAMPLEsecretKey0123456789';
const vectorA = new Map([
  ['response', 'json'],
  ['command', 'listUsers'],
  ['apiKey', 'EXAMPLEapiKey0123456789'],
]);
const id = (last: number) => `1b0e8f2a-0000-4000-8000-00000000000${last}`;
const vectorB = new Map([
  ['command', 'deployVirtualMachine'],
  ['response', 'json'],
  ['signatureVersion', '3'],
  ['expires', '2030-01-01T00:00:00+0000'],
  ['zoneid', id(1)],
  ['templateid', id(2)],
  ['serviceofferingid', id(3)],
  ['displayName', 'Web * Server+1 ~é [a,b]/x'],
  ['details[0].cpuNumber', '2'],
  ['securitygroupnames', 'default,web'],
  ['apiKey', 'EXAMPLEapiKey0123456789'],
]);

describe('vectors of the contract', () => {
  it('A: three plain parameters', () => {
    expect(textToSign(vectorA)).toBe('apikey=exampleapikey0123456789&command=listusers&response=json');
    expect(sign(textToSign(vectorA), secret)).toBe('3KxlkdnNaTENTAqUp1rLpWxahUM=');
    expect(signatureFits(vectorA, '3KxlkdnNaTENTAqUp1rLpWxahUM=', secret)).toBe(true);
  });

  it('B: blanks, brackets, tilde, accents, map names', () => {
    expect(textToSign(vectorB)).toBe(
      `apikey=exampleapikey0123456789&command=deployvirtualmachine&details[0].cpunumber=2&displayname=web%20*%20server%2b1%20%7e%c3%a9%20%5ba%2cb%5d%2fx&expires=2030-01-01t00%3a00%3a00%2b0000&response=json&securitygroupnames=default%2cweb&serviceofferingid=${id(3)}&signatureversion=3&templateid=${id(2)}&zoneid=${id(1)}`,
    );
    expect(signatureFits(vectorB, '9Zg2gQoYXtb3/5058Ye3p0HCOxo=', secret)).toBe(true);
  });
});

describe('what clients do differently', () => {
  const params = new Map([
    ['zoneId', '1'],
    ['Name', 'a~b'],
    ['command', 'x [y]'],
  ]);

  it.each([
    ['names sorted in lower case', 'command=x%20%5by%5d&name=a%7eb&zoneid=1'],
    ['tilde left as it is', 'name=a~b&command=x%20%5by%5d&zoneid=1'],
    ['brackets left as they are', 'name=a%7eb&command=x%20[y]&zoneid=1'],
    ['all of it', 'command=x%20[y]&name=a~b&zoneid=1'],
  ])('%s', (_what, text) => {
    expect(signatureFits(params, sign(text, secret), secret)).toBe(true);
  });

  it('asterisk encoded', () => {
    const all = new Map([['name', 'a*']]);
    for (const text of ['name=a*', 'name=a%2a']) expect(signatureFits(all, sign(text, secret), secret)).toBe(true);
  });

  it('does not take plus for a blank', () => {
    expect(signatureFits(params, sign('name=a%7eb&command=x+%5by%5d&zoneid=1', secret), secret)).toBe(false);
  });
});

describe('misfits', () => {
  const good = '3KxlkdnNaTENTAqUp1rLpWxahUM=';

  it('one changed character anywhere in the signature', () => {
    for (let at = 0; at < good.length; at += 1) {
      const other = good[at] === 'x' ? 'y' : 'x';
      expect(signatureFits(vectorA, good.slice(0, at) + other + good.slice(at + 1), secret)).toBe(false);
    }
  });

  it('another spelling of the same bytes', () => {
    expect(signatureFits(vectorA, good.replace('=', ''), secret)).toBe(false);
    expect(signatureFits(vectorA, ` ${good}`, secret)).toBe(false);
  });

  it('one changed, added or missing parameter', () => {
    expect(signatureFits(new Map([...vectorA, ['command', 'listHosts']]), good, secret)).toBe(false);
    expect(signatureFits(new Map([...vectorA, ['id', '1']]), good, secret)).toBe(false);
    expect(signatureFits(new Map([...vectorA].slice(1)), good, secret)).toBe(false);
  });

  it('another key, no signature', () => {
    expect(signatureFits(vectorA, good, `${secret}x`)).toBe(false);
    expect(signatureFits(vectorA, '', secret)).toBe(false);
  });
});

describe('expires', () => {
  const now = new Date('2026-01-31T10:00:00Z');

  it.each(['2026-01-31T10:00:01+0000', '2026-01-31T10:00:01Z', '2026-01-31T12:00:01+02:00', '2026-01-31T05:30:01-0430'])(
    '%s is ahead',
    (expires) => {
      expect(isCurrent('3', expires, now)).toBe(true);
    },
  );

  it.each(['2026-01-31T10:00:00+0000', '2026-01-31T11:59:59+0200', 'tomorrow', '2026-01-31', '2027-13-01T00:00:00Z', undefined])(
    '%s is not good',
    (expires) => {
      expect(isCurrent('3', expires, now)).toBe(false);
    },
  );

  it('is not asked for without version 3', () => {
    expect(isCurrent(undefined, undefined, now)).toBe(true);
  });
});
