// Spreads machines: the host that keeps the largest share of its scarcer resource free is the best.
import type { HostWeigher } from '../placement.ts';

const share = (free: number, total: number) => (total > 0 ? Math.min(1, Math.max(0, free / total)) : 0);

export const spread: HostWeigher = (host, request) =>
  Math.min(
    share(host.freeMemoryMib - request.memoryMib, host.promisableMemoryMib),
    share(host.freeCpuMhz - request.cpuCores * request.cpuMhz, host.promisableCpuMhz),
  );
