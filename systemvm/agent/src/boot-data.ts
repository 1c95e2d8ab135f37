// Reads who this machine is from its firmware, where the host's hypervisor put it.
import { readFile } from 'node:fs/promises';
import { agentSshPort, systemVmKinds } from '@strata/domain';
import type { SystemNicBootData, SystemNicPurpose, SystemVmBootData } from '@strata/domain';
import { hostName, ipv4, list, mac, object, oneOf, optional, text, uuid, whole } from './read.ts';

/** The file of QEMU's fw_cfg device (kernel module qemu_fw_cfg); only root reads it. */
export const bootDataFile = '/sys/firmware/qemu_fw_cfg/by_name/opt/org.strata/boot-data/raw';

const purposes: readonly SystemNicPurpose[] = ['control', 'management', 'guest'];

const nic = object<SystemNicBootData>({
  purpose: oneOf(purposes),
  mac,
  ip: ipv4,
  prefixLength: whole(1, 32),
  gateway: optional(ipv4),
});

const bootData = object<SystemVmBootData>({
  version: (value, where) => {
    whole(1, 1)(value, where);
    return 1;
  },
  kind: oneOf(systemVmKinds),
  uuid,
  name: hostName,
  nics: list(nic, purposes.length),
  dns: list(ipv4, 8),
  // One line: a second one would be a second key.
  authorizedKey: text(2048, /^(ssh-|ecdsa-)[\x20-\x7e]+$/, 'one line of authorized_keys'),
});

/** @param encoded JSON in base64, the one spelling that every step to the firmware leaves as it is. Throws with the text for the serial console. */
export function parseBootData(encoded: string): SystemVmBootData {
  const parsed = bootData(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')), 'the boot data');
  const named = parsed.nics.map((card) => card.purpose);
  if (new Set(named).size !== named.length) throw new Error('the boot data gives two cards one purpose');
  if (!named.includes('control')) throw new Error(`the boot data has no control card: nobody could reach port ${agentSshPort}`);
  if (parsed.nics.filter((card) => card.gateway !== undefined).length > 1) throw new Error('the boot data has two default routes');
  return parsed;
}

export async function readBootData(file: string = bootDataFile): Promise<SystemVmBootData> {
  let encoded;
  try {
    encoded = await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`the machine's definition holds no boot data (${file} can't be read)`, { cause: error });
  }
  return parseBootData(encoded);
}
