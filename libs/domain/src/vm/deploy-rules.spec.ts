// Deployment requests: offerings, names, disks, user data.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { type ComputeOffering, computeOf } from './compute-offering.ts';
import { machineNames, rootDiskBytes } from './deploy-rules.ts';
import { instanceNameOf } from './instance-name.ts';
import { maxUserDataBytes, parseUserData } from './user-data.ts';

const gib = 2 ** 30;
const fixed: ComputeOffering = { name: 'Small', cpuCores: 1, cpuMhz: 500, memoryMib: 512 };
const custom: ComputeOffering = {
  name: 'Custom',
  cpuCores: null,
  cpuMhz: 1000,
  memoryMib: null,
  minCpuCores: 2,
  maxCpuCores: 8,
  minMemoryMib: 1024,
  maxMemoryMib: null,
};

describe('service offerings', () => {
  it('give fixed values, and custom ones within their bounds (L09)', () => {
    expect(computeOf(fixed)).toEqual({ cpuCores: 1, cpuMhz: 500, memoryMib: 512 });
    expect(computeOf(fixed, { cpuNumber: '1', keyboard: 'de' })).toEqual({ cpuCores: 1, cpuMhz: 500, memoryMib: 512 });
    expect(computeOf(custom, { cpuNumber: '4', memory: '2048' })).toEqual({ cpuCores: 4, cpuMhz: 1000, memoryMib: 2048 });
  });

  it.each<[ComputeOffering, Record<string, string>, string]>([
    [fixed, { cpuNumber: '2' }, 'details[0].cpuNumber is not for the offering Small, which has 1 cores'],
    [custom, { memory: '2048' }, 'details[0].cpuNumber is missing: the offering Custom leaves it to each machine'],
    [custom, { cpuNumber: '1', memory: '2048' }, 'details[0].cpuNumber is 1: it must be a whole number from 2 to 8 (cores)'],
    [custom, { cpuNumber: '9', memory: '2048' }, 'details[0].cpuNumber is 9'],
    [custom, { cpuNumber: '2', memory: '512' }, 'details[0].memory is 512: it must be a whole number from 1024 to'],
    [custom, { cpuNumber: '2.5', memory: '2048' }, 'details[0].cpuNumber "2.5" is not a whole number'],
    [custom, { cpuNumber: '2', memory: '99999999999999999999' }, 'is not a whole number'],
    [custom, { cpuNumber: '2', memory: '2048', cpuSpeed: '2000' }, 'details[0].cpuSpeed is not for the offering Custom'],
  ])('refuse %#', (offering, details, text) => {
    expect(() => computeOf(offering, details)).toThrow(text);
  });
});

describe('names', () => {
  it('come from the request or the uuid', () => {
    expect(machineNames({}, '1b0e8f2a-0000-4000-8000-000000000001')).toEqual({
      hostName: 'VM-1b0e8f2a-0000-4000-8000-000000000001',
      displayName: 'VM-1b0e8f2a-0000-4000-8000-000000000001',
    });
    expect(machineNames({ name: 'web', displayName: 'Web server ✓' }, 'x')).toEqual({ hostName: 'web', displayName: 'Web server ✓' });
    expect(machineNames({ name: 'web' }, 'x').displayName).toBe('web');
    expect(() => machineNames({ name: 'web server' }, 'x')).toThrow('name "web server" cannot be a host name');
    expect(() => machineNames({ displayName: ' ' }, 'x')).toThrow('displayname is empty');
  });

  it('on the host hold account and machine', () => {
    expect(instanceNameOf(2, 17)).toBe('i-2-17-VM');
  });
});

it('root disks are at least as large as the template', () => {
  const template = { name: 'Linux', virtualSizeBytes: 2.5 * gib };
  expect(rootDiskBytes(template, undefined, null)).toBe(2.5 * gib);
  expect(rootDiskBytes(template, undefined, 10)).toBe(10 * gib);
  expect(rootDiskBytes(template, undefined, 1)).toBe(2.5 * gib);
  expect(rootDiskBytes(template, 20, 10)).toBe(20 * gib);
  expect(() => rootDiskBytes(template, 2, null)).toThrow('rootdisksize of 2 GiB is smaller than the template Linux: give at least 3');
  for (const wrong of [0, -1, 1.5, 1e9]) expect(() => rootDiskBytes(template, wrong, null)).toThrow('it must be a whole number from 1');
});

describe('user data', () => {
  it('is kept byte by byte, whatever the spelling of its base64 (L12)', () => {
    expect(parseUserData('I2Nsb3VkLWNvbmZpZwo=', 'GET')).toEqual({ base64: 'I2Nsb3VkLWNvbmZpZwo=', sizeBytes: 14 });
    expect(parseUserData('I2Ns\r\nb3VkLWNvbmZpZwo', 'GET').base64).toBe('I2Nsb3VkLWNvbmZpZwo=');
    expect(parseUserData('_-8', 'GET')).toEqual({ base64: '/+8=', sizeBytes: 2 });
    expect(parseUserData('', 'GET')).toEqual({ base64: '', sizeBytes: 0 });
  });

  it('has a bound by method', () => {
    const of = (bytes: number) => 'A'.repeat(Math.ceil((bytes * 4) / 3));
    expect(parseUserData(of(maxUserDataBytes.GET), 'GET').sizeBytes).toBe(maxUserDataBytes.GET);
    expect(() => parseUserData(of(maxUserDataBytes.GET + 1), 'GET')).toThrow('at most 32768 are possible by GET: send the command by POST');
    expect(parseUserData(of(maxUserDataBytes.POST), 'POST').sizeBytes).toBe(maxUserDataBytes.POST);
    expect(() => parseUserData(of(maxUserDataBytes.POST + 1), 'POST')).toThrow(
      'at most 1048576 are possible by POST: let the machine fetch',
    );
  });

  it('refuses what is not base64, with problems only', () => {
    for (const text of ['#cloud-config', 'abc!', 'abcde', 'ab=cd'])
      expect(() => parseUserData(text, 'POST'), text).toThrow('userdata is not base64');
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseUserData(text, 'POST').base64).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
