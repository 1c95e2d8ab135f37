// Which addresses count as this machine, and which requests as another site's (T18, T20).
import { describe, expect, it } from 'vitest';
import { isCrossSite, isFromThisMachine, isLoopbackAddress, namesThisMachine } from './origin.ts';

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('%s is', (address) => expect(isLoopbackAddress(address)).toBe(true));
  it.each(['10.0.0.1', '::ffff:10.0.0.1', '::', '128.0.0.1', '', 'localhost', '127.0.0.1, 10.0.0.1'])('%s is not', (address) =>
    expect(isLoopbackAddress(address)).toBe(false),
  );
});

describe('isFromThisMachine', () => {
  it('is taken away by what a local proxy forwards, and never given by it', () => {
    expect(isFromThisMachine('127.0.0.1', undefined)).toBe(true);
    expect(isFromThisMachine('127.0.0.1', '127.0.0.1, ::1')).toBe(true);
    expect(isFromThisMachine('127.0.0.1', '192.0.2.7')).toBe(false);
    expect(isFromThisMachine('127.0.0.1', '192.0.2.7, 127.0.0.1')).toBe(false);
    expect(isFromThisMachine('192.0.2.7', '127.0.0.1')).toBe(false);
  });
});

describe('isCrossSite', () => {
  it('believes Sec-Fetch-Site', () => {
    expect(isCrossSite({ 'sec-fetch-site': 'cross-site', host: 'a' })).toBe(true);
    expect(isCrossSite({ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000', host: 'localhost:8080' })).toBe(false);
    expect(isCrossSite({ 'sec-fetch-site': 'none', host: 'a' })).toBe(false);
  });

  it('compares Origin with Host otherwise', () => {
    expect(isCrossSite({ origin: 'http://cloud:8080', host: 'cloud:8080' })).toBe(false);
    expect(isCrossSite({ origin: 'http://cloud:8081', host: 'cloud:8080', 'sec-fetch-site': 'same-site' })).toBe(true);
    expect(isCrossSite({ origin: 'https://evil.example', host: 'cloud:8080' })).toBe(true);
    expect(isCrossSite({ origin: 'null', host: 'cloud:8080' })).toBe(true);
  });

  it('lets programs pass that send neither', () => {
    expect(isCrossSite({ host: 'cloud:8080' })).toBe(false);
  });
});

describe('namesThisMachine', () => {
  it.each(['localhost', 'localhost:8096', '127.0.0.1:8096', '[::1]:8096'])('%s does', (host) => expect(namesThisMachine(host)).toBe(true));
  it.each(['evil.example:8096', '10.0.0.1', '', undefined, 'localhost.evil.example'])('%s does not', (host) =>
    expect(namesThisMachine(host)).toBe(false),
  );
});
