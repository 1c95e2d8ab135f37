// Enough memory not promised to others.
import type { HostFilter } from '../placement.ts';

export const memoryRoom: HostFilter = (host, request) =>
  host.freeMemoryMib >= request.memoryMib
    ? undefined
    : `has ${Math.max(0, host.freeMemoryMib)} MiB of memory free, ${request.memoryMib} MiB are needed`;
