// The service offering as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

const gib = 1024 ** 3;

export interface ServiceOfferingRow {
  id: number;
  uuid: string;
  name: string;
  displayText: string;
  state: string;
  cpuNumber: number | null;
  cpuSpeedMhz: number | null;
  memoryMib: number | null;
  minCpuNumber: number | null;
  maxCpuNumber: number | null;
  minMemoryMib: number | null;
  maxMemoryMib: number | null;
  storageTags: string;
  hostTags: string;
  storageType: string;
  provisioningType: string;
  rootDiskSizeBytes: number | null;
  offerHa: Flag;
  limitCpuUse: Flag;
  isVolatile: Flag;
  dynamicScaling: Flag;
  networkRateMbit: number | null;
  isSystem: Flag;
  systemVmType: string | null;
  isDefault: Flag;
  created: Date;
  domainUuid: string | null;
  domainName: string | null;
  zoneUuid: string | null;
  zoneName: string | null;
}

export const serviceOfferingSource = source<ServiceOfferingRow>({
  from: 'service_offering o',
  joins: ['LEFT JOIN domain d ON d.id = o.domain_id', 'LEFT JOIN zone z ON z.id = o.zone_id'],
  columns: {
    id: 'o.id',
    uuid: 'o.uuid',
    name: 'o.name',
    displayText: 'o.display_text',
    state: 'o.state',
    cpuNumber: 'o.cpu_number',
    cpuSpeedMhz: 'o.cpu_speed_mhz',
    memoryMib: 'o.memory_mib',
    minCpuNumber: 'o.min_cpu_number',
    maxCpuNumber: 'o.max_cpu_number',
    minMemoryMib: 'o.min_memory_mib',
    maxMemoryMib: 'o.max_memory_mib',
    storageTags: 'o.storage_tags',
    hostTags: 'o.host_tags',
    storageType: 'o.storage_type',
    provisioningType: 'o.provisioning_type',
    rootDiskSizeBytes: 'o.root_disk_size_bytes',
    offerHa: 'o.offer_ha',
    limitCpuUse: 'o.limit_cpu_use',
    isVolatile: 'o.is_volatile',
    dynamicScaling: 'o.dynamic_scaling',
    networkRateMbit: 'o.network_rate_mbit',
    isSystem: 'o.is_system',
    systemVmType: 'o.system_vm_type',
    isDefault: 'o.is_default',
    created: 'o.created',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
  },
  orderBy: 'o.sort_key, o.id',
});

/** Limits of offerings whose size the user chooses, as clients read them. */
function limits(row: ServiceOfferingRow): Record<string, string> | undefined {
  const entries = Object.entries({
    mincpunumber: row.minCpuNumber,
    maxcpunumber: row.maxCpuNumber,
    minmemory: row.minMemoryMib,
    maxmemory: row.maxMemoryMib,
  });
  const given = entries.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Record<string, string>);
}

export const serviceOfferingView = view<ServiceOfferingRow>('serviceoffering', {
  id: field.string('the id of the offering', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  displaytext: field.string('its description', (row) => row.displayText),
  state: field.string('Active or Inactive', (row) => row.state),
  cpunumber: field.integer('number of CPUs', (row) => row.cpuNumber),
  cpuspeed: field.integer('MHz of each CPU', (row) => row.cpuSpeedMhz),
  memory: field.integer('memory in MiB', (row) => row.memoryMib),
  iscustomized: field.boolean(
    'whether the user chooses CPUs and memory',
    (row) => row.cpuNumber === null || row.memoryMib === null || row.cpuSpeedMhz === null,
  ),
  serviceofferingdetails: field.map('limits of what the user may choose', limits),
  storagetags: field.string('tags that primary storage must carry', (row) => row.storageTags || undefined),
  tags: field.string('the same, for older clients', (row) => row.storageTags || undefined),
  hosttags: field.string('tags that hosts must carry', (row) => row.hostTags || undefined),
  storagetype: field.string('shared or local', (row) => row.storageType),
  provisioningtype: field.string('thin, sparse or fat', (row) => row.provisioningType),
  rootdisksize: field.long('size of the root disk in GiB; that of the template when absent', (row) =>
    row.rootDiskSizeBytes ? row.rootDiskSizeBytes / gib : undefined,
  ),
  offerha: field.boolean('whether machines are restarted when their host fails', (row) => row.offerHa),
  limitcpuuse: field.boolean('whether machines get no more CPU than promised even when the host is idle', (row) => row.limitCpuUse),
  isvolatile: field.boolean('whether the root disk is made anew at each reboot', (row) => row.isVolatile),
  dynamicscalingenabled: field.boolean('whether running machines can grow', (row) => row.dynamicScaling),
  networkrate: field.integer('Mbit/s of each network card', (row) => row.networkRateMbit),
  issystem: field.boolean('whether it is for system machines', (row) => row.isSystem),
  systemvmtype: field.string('the kind of system machines it is for', (row) => row.systemVmType),
  defaultuse: field.boolean('whether it came with the product for system machines', (row) => (row.isSystem ? row.isDefault : undefined)),
  domainid: field.string('the domain it is for', (row) => row.domainUuid),
  domain: field.string('the name of that domain', (row) => row.domainName),
  zoneid: field.string('the zone it is for', (row) => row.zoneUuid),
  zone: field.string('the name of that zone', (row) => row.zoneName),
  created: field.date('when it was made', (row) => row.created),
});
