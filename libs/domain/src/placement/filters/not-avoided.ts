// Hosts on which this machine has just failed to start.
import type { HostFilter } from '../placement.ts';

export const notAvoided: HostFilter = (host, request) => (request.avoidHostIds?.has(host.id) ? 'was tried just now and failed' : undefined);
