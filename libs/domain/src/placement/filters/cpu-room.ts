// Enough cores, fast enough, with enough of their time not promised to others.
import type { HostFilter } from '../placement.ts';

export const cpuRoom: HostFilter = (host, request) => {
  if (host.cpuCores < request.cpuCores) return `has ${host.cpuCores} CPU cores, ${request.cpuCores} are needed`;
  if (host.cpuMhz < request.cpuMhz) return `has cores of ${host.cpuMhz} MHz, ${request.cpuMhz} MHz are needed`;
  const needed = request.cpuCores * request.cpuMhz;
  return host.freeCpuMhz >= needed ? undefined : `has ${Math.max(0, host.freeCpuMhz)} MHz of CPU free, ${needed} MHz are needed`;
};
