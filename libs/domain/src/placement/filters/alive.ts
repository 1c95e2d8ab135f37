// Only hosts that answer.
import type { HostFilter } from '../placement.ts';

export const alive: HostFilter = (host) => (host.state === 'Up' ? undefined : `is ${host.state}`);
