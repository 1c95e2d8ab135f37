// A pool that is up and has room for the root disk.
import type { PoolFilter } from '../placement.ts';

const gib = (bytes: number) => `${(Math.max(0, bytes) / 2 ** 30).toFixed(1)} GiB`;

export const poolUp: PoolFilter = (pool) => (pool.state === 'Up' ? undefined : `is ${pool.state}`);

export const poolRoom: PoolFilter = (pool, request) =>
  pool.freeBytes >= request.diskBytes ? undefined : `has ${gib(pool.freeBytes)} free, ${gib(request.diskBytes)} are needed`;
