// The network interface on a host that carries a guest's card: its name is known before it exists, so that its filters are there first.
import { problem } from '../errors.ts';

/** Hosts let nothing pass through an interface of this kind until its filters are loaded: nothing else on a host may be named like this. */
export const guestTapPrefix = 'sgt';

/** Linux keeps 15 characters of an interface's name. */
const longest = 15;

/** Begins the names of all interfaces of a machine, and of no other. */
export function guestTapPrefixOf(vmId: number): string {
  if (!Number.isSafeInteger(vmId) || vmId < 0) throw problem('bug', `a machine can't have the number ${vmId}`);
  return `${guestTapPrefix}${vmId.toString(36)}-`;
}

export function guestTapName(vmId: number, deviceId: number): string {
  const name = `${guestTapPrefixOf(vmId)}${deviceId}`;
  if (!Number.isInteger(deviceId) || deviceId < 0 || name.length > longest)
    throw problem('bug', `card ${deviceId} of machine ${vmId} has no name on a host`);
  return name;
}

/** The machine whose card the interface carries; undefined for interfaces that are no guest's. */
export function vmIdOfTap(tap: string): number | undefined {
  const match = /^sgt([0-9a-z]+)-\d+$/.exec(tap);
  return match ? Number.parseInt(match[1]!, 36) : undefined;
}
