// What uploadVolume and getUploadParamsForVolume have in common: parameters and the row.
import { randomUUID } from 'node:crypto';
import { formatChecksum, parseChecksum, parseDisplayName, problem, volumeUploadStates } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { type OwnerParams, ownerParams, resolveOwner } from '../account/owner.ts';
import type { ImageStore } from '../image-store/image-store.entity.ts';
import { DiskOffering } from '../offering/disk-offering.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Volume } from './volume.entity.ts';

export const newVolumeParams = {
  name: param.string({ required: true, about: 'the name of the volume' }),
  zoneid: param.ref(Zone, { required: true, access: 'use', about: 'the zone that gets it' }),
  format: param.enum(['QCOW2', 'RAW', 'VHD', 'OVA'], {
    required: true,
    about: 'the format of the file: only QCOW2 is taken, also compressed',
  }),
  checksum: param.string({ about: 'the MD5, SHA-1, SHA-256 or SHA-512 sum that the file must have' }),
  diskofferingid: param.ref(DiskOffering, {
    access: 'use',
    about: 'the disk offering that it is of; one with a size of its own is not possible',
  }),
  ...ownerParams,
};

interface NewVolumeArgs extends OwnerParams {
  readonly name: string;
  readonly zoneid: Zone;
  readonly checksum?: string | undefined;
  readonly diskofferingid?: DiskOffering | undefined;
}

export function refuseOtherVolumeFormats(format: 'QCOW2' | 'RAW' | 'VHD' | 'OVA'): void {
  if (format !== 'QCOW2')
    throw problem(
      'invalid',
      `parameter format: ${format} is not taken as it is: convert the disk with qemu-img convert -O qcow2, and say QCOW2`,
    );
}

/** @param how whether its file is fetched from a web address, or sent to us */
export async function insertUploadedVolume(
  args: NewVolumeArgs,
  how: 'fetch' | 'upload',
  store: ImageStore,
  ctx: CommandContext,
): Promise<{ volume: Volume; checksum: string }> {
  const { tx, clock } = ctx;
  const { diskofferingid: offering } = args;
  if (offering && !offering.customized)
    throw problem(
      'invalid',
      `parameter diskofferingid: disks of ${offering.name} have one size, that of an upload is its own: choose an offering that leaves the size open`,
    );
  const checksum = args.checksum === undefined ? '' : formatChecksum(parseChecksum(args.checksum));
  const owner = await resolveOwner(args, ctx);
  const volume = tx.create(Volume, {
    uuid: randomUUID(),
    name: parseDisplayName(args.name, 'name'),
    accountId: owner.accountId,
    domainId: owner.domainId,
    zoneId: store.zoneId,
    poolId: null,
    imageStoreId: store.id,
    error: '',
    vmId: null,
    deviceId: null,
    type: 'DATADISK',
    state: volumeUploadStates[how],
    version: 0,
    sizeBytes: 0,
    diskOfferingId: offering?.id ?? null,
    templateId: null,
    created: clock.now(),
  });
  await tx.insert(Volume, volume);
  return { volume, checksum };
}
