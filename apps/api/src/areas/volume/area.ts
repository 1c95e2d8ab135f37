// Volumes: the disks of virtual machines.
import { In } from 'typeorm';
import { area, presenter } from '../../kernel/area.ts';
import { ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { deleteVolume } from './delete-volume.command.ts';
import { removeVolume } from './delete-volume.saga.ts';
import { extractVolume } from './extract-volume.command.ts';
import { extractVolumeFile } from './extract-volume.saga.ts';
import { getUploadParamsForVolume } from './get-upload-params-for-volume.command.ts';
import { listVolumes } from './list-volumes.command.ts';
import { uploadVolume } from './upload-volume.command.ts';
import { registerVolume } from './upload-volume.saga.ts';
import { Volume } from './volume.entity.ts';
import { volumeSource, volumeView } from './volume.view.ts';

export const volumeArea = area({
  name: 'volume',
  commands: [listVolumes, deleteVolume, uploadVolume, getUploadParamsForVolume, extractVolume],
  resources: [resource(Volume, { noun: 'volume', type: 'Volume', may: ownedByAccount })],
  entities: [Volume],
  sagas: [removeVolume, registerVolume, extractVolumeFile],
  presenters: [presenter('Volume', volumeView, volumeSource)],
  accountContents: [{ noun: 'volume', count: (read, accountIds) => read.countBy(Volume, { accountId: In([...accountIds]) }) }],
});
