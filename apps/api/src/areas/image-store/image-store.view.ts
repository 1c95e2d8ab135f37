// Secondary storage as answers show it.
import { formatStorageUrl } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

export interface ImageStoreRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly provider: string;
  readonly server: string;
  readonly path: string;
  readonly readOnly: Flag;
  readonly ready: Flag;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly created: Date;
}

export const imageStoreSource = source<ImageStoreRow>({
  from: 'image_store s',
  joins: ['JOIN zone z ON z.id = s.zone_id'],
  columns: {
    id: 's.id',
    uuid: 's.uuid',
    name: 's.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    provider: 's.provider',
    server: 's.server',
    path: 's.path',
    readOnly: 's.read_only',
    ready: 's.ready',
    totalBytes: 's.total_bytes',
    usedBytes: 's.used_bytes',
    created: 's.created',
  },
});

export const imageStoreView = view<ImageStoreRow>('imagestore', {
  id: field.string('the id of the secondary storage', (store) => store.uuid),
  name: field.string('its name', (store) => store.name),
  zoneid: field.string('the zone it serves', (store) => store.zoneUuid),
  zonename: field.string('the name of that zone', (store) => store.zoneName),
  providername: field.string('who manages it', (store) => store.provider),
  protocol: field.string('how hosts reach it', () => 'nfs'),
  scope: field.string('what it serves', () => 'ZONE'),
  url: field.string('where it is', (store) => formatStorageUrl({ protocol: 'nfs', server: store.server, path: store.path })),
  readonly: field.boolean('whether nothing new is written to it', (store) => store.readOnly),
  disksizetotal: field.long('its size in bytes', (store) => store.totalBytes),
  disksizeused: field.long('the bytes that files occupy', (store) => store.usedBytes),
});
