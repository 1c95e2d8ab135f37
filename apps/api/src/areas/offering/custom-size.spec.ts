// Fixed and chosen sizes of service offerings.
import { describe, expect, it } from 'vitest';
import { parseSize } from './custom-size.ts';

const none = {
  cpuNumber: null,
  cpuSpeedMhz: null,
  memoryMib: null,
  minCpuNumber: null,
  maxCpuNumber: null,
  minMemoryMib: null,
  maxMemoryMib: null,
};

describe('sizes of service offerings', () => {
  it.each([
    [
      { cpunumber: 1, cpuspeed: 500, memory: 512 },
      { cpuNumber: 1, cpuSpeedMhz: 500, memoryMib: 512 },
    ],
    [{}, {}],
    [{ customized: true }, {}],
    [
      { customized: true, cpuspeed: 1000, mincpunumber: 1, maxcpunumber: 4, minmemory: 256, maxmemory: 4096 },
      { cpuSpeedMhz: 1000, minCpuNumber: 1, maxCpuNumber: 4, minMemoryMib: 256, maxMemoryMib: 4096 },
    ],
  ])('reads %j', (args, size) => {
    expect(parseSize(args)).toEqual({ ...none, ...size });
  });

  it.each([
    [{ cpunumber: 1, cpuspeed: 500 }, 'memory is missing'],
    [{ cpunumber: 1, memory: 512 }, 'cpuspeed is missing'],
    [{ cpunumber: 0, cpuspeed: 500, memory: 512 }, 'parameter cpunumber is 0'],
    [{ cpunumber: 1, cpuspeed: 500, memory: 16 }, 'parameter memory is 16'],
    [{ cpunumber: -1, cpuspeed: 500, memory: 512 }, 'parameter cpunumber is -1'],
    [{ cpunumber: 1, cpuspeed: 500, memory: 1e12 }, 'parameter memory'],
    [{ customized: false, mincpunumber: 1 }, 'are for offerings whose size the user chooses'],
    [{ customized: true, mincpunumber: 4, maxcpunumber: 2 }, 'mincpunumber 4 is more than maxcpunumber 2'],
    [{ customized: true, minmemory: 4096, maxmemory: 2048 }, 'minmemory 4096 is more than maxmemory 2048'],
    [{ customized: true, cpunumber: 2, mincpunumber: 1 }, 'are fixed sizes'],
  ])('refuses %j', (args, reason) => {
    expect(() => parseSize(args)).toThrow(reason);
  });
});
