// The disks of a new machine: its root disk from a template, or an empty one beside an ISO, and a data disk when one is asked for.
import { problem, rootDiskBytes } from '@strata/domain';
import type { DiskOffering } from '../offering/disk-offering.entity.ts';
import type { ServiceOffering } from '../offering/service-offering.entity.ts';
import type { Template } from '../template/template.entity.ts';
import type { NewDisk } from './allocate-machine.ts';

const gib = 2 ** 30;

interface DiskArgs {
  readonly diskofferingid?: DiskOffering | undefined;
  readonly size?: number | undefined;
  readonly rootdisksize?: number | undefined;
}

export function newDisks(template: Template, offering: ServiceOffering, args: DiskArgs): NewDisk[] {
  if (template.type === 'SYSTEM') throw problem('invalid', `template ${template.name} is for system machines: choose another`);
  if (template.kind === 'ISO') return [emptyRootDisk(template, args)];
  const sizeBytes = rootDiskBytes(template, args.rootdisksize, (offering.rootDiskSizeBytes ?? 0) / gib || null);
  return [{ type: 'ROOT', sizeBytes, diskOfferingId: null }, ...dataDisk(args)];
}

/** What is on the ISO installs itself there. */
function emptyRootDisk(iso: Template, args: DiskArgs): NewDisk {
  if (!iso.bootable) throw problem('invalid', `ISO ${iso.name} is not for booting: choose another, or a template`);
  const [disk] = dataDisk(args);
  if (!disk && args.rootdisksize === undefined)
    throw problem(
      'invalid',
      `parameter diskofferingid is missing: a machine made from ISO ${iso.name} gets an empty root disk of that offering`,
    );
  const sizeBytes =
    args.rootdisksize === undefined ? disk!.sizeBytes : rootDiskBytes({ name: iso.name, virtualSizeBytes: 0 }, args.rootdisksize, null);
  return { type: 'ROOT', sizeBytes, diskOfferingId: disk?.diskOfferingId ?? null };
}

function dataDisk({ diskofferingid: offering, size }: DiskArgs): NewDisk[] {
  if (!offering) {
    if (size !== undefined)
      throw problem('invalid', 'parameter size is for a data disk: send diskofferingid with it, or rootdisksize for the root disk');
    return [];
  }
  if (offering.customized && (size === undefined || size < 1))
    throw problem('invalid', `parameter size is missing: disk offering ${offering.name} leaves the size open; send it in GiB`);
  if (!offering.customized && size !== undefined)
    throw problem('invalid', `parameter size is not possible with disk offering ${offering.name}: its disks have one size`);
  return [{ type: 'DATADISK', sizeBytes: offering.customized ? size! * gib : offering.diskSizeBytes, diskOfferingId: offering.id }];
}
