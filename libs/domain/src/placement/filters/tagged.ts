// Tags of the offering: a host or pool must have all of them.
import type { HostFilter, PoolFilter } from '../placement.ts';

const missing = (wanted: readonly string[], tags: readonly string[]) => wanted.filter((tag) => !tags.includes(tag));

export const hostTagged: HostFilter = (host, request) => {
  const lacks = missing(request.hostTags, host.tags);
  return lacks.length === 0 ? undefined : `lacks the host tag ${lacks.join(', ')} of the offering`;
};

export const poolTagged: PoolFilter = (pool, request) => {
  const lacks = missing(request.storageTags, pool.tags);
  return lacks.length === 0 ? undefined : `lacks the storage tag ${lacks.join(', ')}`;
};
