// The disk offering as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

const gib = 1024 ** 3;

export interface DiskOfferingRow {
  id: number;
  uuid: string;
  name: string;
  displayText: string;
  state: string;
  diskSizeBytes: number;
  customized: Flag;
  tags: string;
  storageType: string;
  provisioningType: string;
  displayOffering: Flag;
  created: Date;
  domainUuid: string | null;
  domainName: string | null;
  zoneUuid: string | null;
  zoneName: string | null;
}

export const diskOfferingSource = source<DiskOfferingRow>({
  from: 'disk_offering o',
  joins: ['LEFT JOIN domain d ON d.id = o.domain_id', 'LEFT JOIN zone z ON z.id = o.zone_id'],
  columns: {
    id: 'o.id',
    uuid: 'o.uuid',
    name: 'o.name',
    displayText: 'o.display_text',
    state: 'o.state',
    diskSizeBytes: 'o.disk_size_bytes',
    customized: 'o.customized',
    tags: 'o.tags',
    storageType: 'o.storage_type',
    provisioningType: 'o.provisioning_type',
    displayOffering: 'o.display_offering',
    created: 'o.created',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
  },
  orderBy: 'o.sort_key, o.id',
});

export const diskOfferingView = view<DiskOfferingRow>('diskoffering', {
  id: field.string('the id of the offering', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  displaytext: field.string('its description', (row) => row.displayText),
  state: field.string('Active or Inactive', (row) => row.state),
  disksize: field.long('size in GiB; 0 when the user chooses', (row) => row.diskSizeBytes / gib),
  iscustomized: field.boolean('whether the user chooses the size', (row) => row.customized),
  tags: field.string('tags that primary storage must carry', (row) => row.tags || undefined),
  storagetype: field.string('shared or local', (row) => row.storageType),
  provisioningtype: field.string('thin, sparse or fat', (row) => row.provisioningType),
  displayoffering: field.boolean('whether users see it', (row) => row.displayOffering),
  domainid: field.string('the domain it is for', (row) => row.domainUuid),
  domain: field.string('the name of that domain', (row) => row.domainName),
  zoneid: field.string('the zone it is for', (row) => row.zoneUuid),
  zone: field.string('the name of that zone', (row) => row.zoneName),
  created: field.date('when it was made', (row) => row.created),
});
