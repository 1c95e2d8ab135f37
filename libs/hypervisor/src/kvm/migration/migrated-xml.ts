// The definition of a machine as it is to be on another host: all as it runs, but for the names of that host's bridges.
import { DriverError } from '../../driver-error.ts';
import type { MachineNicSpec } from '../../specs.ts';
import { checkBridge, checkMac } from '../host-strings.ts';

/** @param xml what `virsh dumpxml --migratable` prints */
export function withBridges(xml: string, nics: readonly MachineNicSpec[]): string {
  let seen = 0;
  const moved = xml.replace(/<interface type='bridge'>.*?<\/interface>/gs, (card) => {
    const mac = /<mac address='([^']*)'\/>/.exec(card)?.[1]?.toLowerCase();
    const nic = nics.find((candidate) => checkMac(candidate.mac) === mac);
    if (nic === undefined) throw new DriverError('refused', `the machine has a network card ${mac} that it should not have`);
    seen += 1;
    return card.replace(/(<source [^>]*bridge=')[^']*'/, `$1${checkBridge(nic.bridge)}'`);
  });
  if (seen !== nics.length) throw new DriverError('refused', `the machine has ${seen} network cards instead of ${nics.length}`);
  return moved;
}
