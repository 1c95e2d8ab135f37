// Where people reach a secondary-storage VM: for uploads, and under links.
import { formatIpv4 } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Settings } from '../../kernel/settings/settings.ts';
import { uploadedSuffix } from '../certificate/certificates.ts';
import { plainPort, publicHost, tlsPort } from '../certificate/public-host.ts';
import { storageDomain, storageTls } from './store-transfer.settings.ts';

export interface StorageSite {
  readonly port: number;
  readonly isTls: boolean;
  /** Names and addresses by which it is known. */
  readonly hosts: readonly [string, ...string[]];
  /** Without a slash at its end. */
  readonly url: string;
}

/** @param ip of the machine, IPv4 as a number */
export async function storageSite(read: EntityManager, settings: Settings, vm: { zoneId: number; ip: number }): Promise<StorageSite> {
  const scope = { scope: 'zone', id: vm.zoneId } as const;
  const isTls = settings.get(storageTls, scope);
  const ip = formatIpv4(vm.ip);
  const host = publicHost(ip, settings.get(storageDomain, scope) || (isTls ? await uploadedSuffix(read) : undefined));
  return {
    port: isTls ? tlsPort : plainPort,
    isTls,
    hosts: host === ip ? [ip] : [host, ip],
    url: `${isTls ? 'https' : 'http'}://${host}`,
  };
}
