// The files of system VM templates in a secondary storage: what is there, and bringing one there.
import { findSystemTemplate, formatStorageUrl, problem, systemTemplateFolder, systemTemplatePath } from '@strata/domain';
import type { MountSpec } from '@strata/hypervisor';
import { findBuiltSystemTemplate } from '../../built-system-template.ts';
import type { ServerConfig } from '../../config.ts';
import type { HostConnection } from '../host/host-drivers.ts';

// Type aliases, not interfaces: only they are assignable to JSON.
export type ChosenSystemTemplate = {
  readonly version: string;
  readonly sha256: string;
  /** Of the file on the management server that is to be sent; null where the storage holds the template already. */
  readonly source: string | null;
};

export type SystemTemplateFacts = { readonly virtualSizeBytes: number; readonly physicalSizeBytes: number };

/**
 * The server's own template is preferred, so that all storage comes to hold the same; where there is none, any that the storage holds is taken.
 * @throws unavailable when there is neither (CS-43)
 */
export async function chooseSystemTemplate(
  { driver, address }: HostConnection,
  mount: MountSpec,
  config: Pick<ServerConfig, 'systemVmImageFolder'>,
): Promise<ChosenSystemTemplate> {
  const listed = await driver.disks.list(address, mount, systemTemplateFolder);
  const there = listed.map(({ path }) => findSystemTemplate(path)).filter((found) => found !== undefined);
  const built = await findBuiltSystemTemplate(config);
  if (built && !there.some(({ sha256 }) => sha256 === built.sha256))
    return { version: built.version, sha256: built.sha256, source: built.path };
  const held = there.find(({ sha256 }) => sha256 === built?.sha256) ?? there.toSorted((a, b) => (a.version < b.version ? 1 : -1))[0];
  if (held) return { ...held, source: null };
  const place = formatStorageUrl({ protocol: 'nfs', server: mount.server, path: mount.path });
  throw problem(
    'unavailable',
    `system VM template missing on ${place}, and this server has none to put there: run ./strata systemvm build on the management server and try again, or switch system VMs off for the zone (setting system.vms)`,
  );
}

/** Sends it where it is missing, and looks at what lies there then. @throws unavailable when that is no plain qcow2 image */
export async function bringSystemTemplate(
  { driver, address }: HostConnection,
  mount: MountSpec,
  template: ChosenSystemTemplate,
): Promise<SystemTemplateFacts> {
  const target = { mount, path: systemTemplatePath(template) };
  if (template.source !== null) await driver.disks.upload(address, template.source, target, template.sha256);
  const stored = await driver.disks.inspect(address, target);
  if (stored.format !== 'qcow2' || stored.backingPath !== undefined)
    throw problem('unavailable', `${target.path} on the secondary storage is no system VM template: remove it there and try again`);
  return { virtualSizeBytes: stored.virtualSizeBytes, physicalSizeBytes: stored.allocatedBytes };
}
