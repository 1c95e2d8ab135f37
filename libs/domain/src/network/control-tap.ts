// The network interface on a host that carries a system machine's card on the control network: known before it exists, so that its rules are there first.
import { problem } from '../errors.ts';

/** Hosts let nothing pass through an interface of this kind until its rules are loaded: nothing else on a host may be named like this. */
export const controlTapPrefix = 'sct';

/** Linux keeps 15 characters of an interface's name. */
const longest = 15;

export function controlTapName(systemVmId: number, deviceId: number): string {
  const name = `${controlTapPrefix}${systemVmId.toString(36)}-${deviceId}`;
  const isNumber = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  if (!isNumber(systemVmId) || !isNumber(deviceId) || name.length > longest)
    throw problem('bug', `card ${deviceId} of system machine ${systemVmId} has no name on a host`);
  return name;
}
