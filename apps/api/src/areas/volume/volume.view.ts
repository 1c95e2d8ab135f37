// The volume as answers show it, and how its rows are read.
import { formatDomainPath } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import { volumePath } from './volume.entity.ts';

export interface VolumeRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly sizeBytes: number;
  readonly error: string;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly waiting: string | null;
  readonly deviceId: number | null;
  readonly created: Date;
  readonly accountName: string;
  readonly domainUuid: string;
  readonly domainName: string;
  readonly domainPath: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly vmUuid: string | null;
  readonly vmName: string | null;
  readonly vmDisplayName: string | null;
  readonly vmState: string | null;
  readonly hypervisor: string | null;
  readonly offeringUuid: string | null;
  readonly offeringName: string | null;
  readonly offeringDisplayText: string | null;
  readonly diskOfferingUuid: string | null;
  readonly diskOfferingName: string | null;
  readonly diskOfferingDisplayText: string | null;
  readonly provisioningType: string | null;
  readonly templateUuid: string | null;
  readonly templateName: string | null;
  readonly templateDisplayText: string | null;
  readonly poolUuid: string | null;
  readonly poolName: string | null;
  readonly clusterUuid: string | null;
  readonly clusterName: string | null;
  readonly podUuid: string | null;
  readonly podName: string | null;
  readonly jobUuid: string | null;
}

export const volumeSource = source<VolumeRow>({
  from: 'volume v',
  joins: [
    'JOIN account a ON a.id = v.account_id',
    'JOIN domain d ON d.id = v.domain_id',
    'JOIN zone z ON z.id = v.zone_id',
    'LEFT JOIN virtual_machine vm ON vm.id = v.vm_id',
    "LEFT JOIN service_offering o ON v.type = 'ROOT' AND o.id = vm.service_offering_id",
    'LEFT JOIN disk_offering k ON k.id = v.disk_offering_id',
    'LEFT JOIN template t ON t.id = v.template_id',
    'LEFT JOIN storage_pool p ON p.id = v.pool_id',
    'LEFT JOIN cluster c ON c.id = p.cluster_id',
    'LEFT JOIN pod ON pod.id = p.pod_id',
    "LEFT JOIN store_transfer x ON x.subject_type = 'Volume' AND x.subject_id = v.id",
    "LEFT JOIN job j ON j.held_subject = CONCAT('Volume:', v.uuid)",
  ],
  columns: {
    id: 'v.id',
    uuid: 'v.uuid',
    name: 'v.name',
    type: 'v.type',
    state: 'v.state',
    sizeBytes: 'v.size_bytes',
    error: 'v.error',
    bytesDone: 'x.bytes_done',
    bytesTotal: 'x.bytes_total',
    waiting: 'x.waiting',
    deviceId: 'v.device_id',
    created: 'v.created',
    accountName: 'a.name',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    domainPath: 'd.path',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    vmUuid: 'vm.uuid',
    vmName: 'vm.name',
    vmDisplayName: 'vm.display_name',
    vmState: 'vm.state',
    hypervisor: 'COALESCE(vm.hypervisor, p.hypervisor)',
    offeringUuid: 'o.uuid',
    offeringName: 'o.name',
    offeringDisplayText: 'o.display_text',
    diskOfferingUuid: 'k.uuid',
    diskOfferingName: 'k.name',
    diskOfferingDisplayText: 'k.display_text',
    provisioningType: 'k.provisioning_type',
    templateUuid: 't.uuid',
    templateName: 't.name',
    templateDisplayText: 't.display_text',
    poolUuid: 'p.uuid',
    poolName: 'p.name',
    clusterUuid: 'c.uuid',
    clusterName: 'c.name',
    podUuid: 'pod.uuid',
    podName: 'pod.name',
    jobUuid: 'j.uuid',
  },
});

function uploadStatus({ state, error, bytesDone, bytesTotal, waiting }: VolumeRow): string | null {
  switch (state) {
    case 'NotUploaded':
      return 'Waiting for the upload';
    case 'UploadInProgress':
    case 'UploadOp':
      return waiting || (bytesTotal ? `${Math.floor((Math.min(bytesDone ?? 0, bytesTotal) / bytesTotal) * 100)}% Uploaded` : 'Uploading');
    case 'Uploaded':
      return 'Uploaded';
    case 'UploadError':
    case 'UploadAbandoned':
      return error;
    default:
      return null;
  }
}

const administrators = { roles: ['Admin', 'ResourceAdmin'] } as const;

export const volumeView = view<VolumeRow>('volume', {
  id: field.string('the id of the volume', (volume) => volume.uuid),
  name: field.string('its name', (volume) => volume.name),
  type: field.string('ROOT or DATADISK', (volume) => volume.type),
  state: field.string('its state', (volume) => volume.state),
  status: field.string('of volumes that come from outside: how far that is, or why it failed', uploadStatus),
  size: field.long('its size in bytes', (volume) => volume.sizeBytes),
  virtualsize: field.long('the size that the machine sees, in bytes', (volume) => volume.sizeBytes),
  deviceid: field.long('its position on the bus of its machine', (volume) => volume.deviceId),
  created: field.date('when it was created', (volume) => volume.created),
  destroyed: field.boolean(
    'whether it is to be removed',
    ({ state }) => state === 'Destroy' || state === 'Expunging' || state === 'Expunged',
  ),
  account: field.string('the account it belongs to', (volume) => volume.accountName),
  domainid: field.string('the domain of that account', (volume) => volume.domainUuid),
  domain: field.string('the name of that domain', (volume) => volume.domainName),
  domainpath: field.string('the path of that domain', (volume) => formatDomainPath(volume.domainPath)),
  zoneid: field.string('the zone it is in', (volume) => volume.zoneUuid),
  zonename: field.string('the name of that zone', (volume) => volume.zoneName),
  virtualmachineid: field.string('the virtual machine it is attached to', (volume) => volume.vmUuid),
  vmname: field.string('the host name of that machine', (volume) => volume.vmName),
  vmdisplayname: field.string('the name people gave that machine', (volume) => volume.vmDisplayName),
  vmstate: field.string('the state of that machine', (volume) => volume.vmState),
  vmtype: field.string('the kind of that machine', (volume) => (volume.vmUuid === null ? null : 'User')),
  hypervisor: field.string('the hypervisor it is for', (volume) => volume.hypervisor),
  serviceofferingid: field.string('for root disks: the service offering of the machine', (volume) => volume.offeringUuid),
  serviceofferingname: field.string('the name of that offering', (volume) => volume.offeringName),
  serviceofferingdisplaytext: field.string('what that offering is', (volume) => volume.offeringDisplayText),
  diskofferingid: field.string('its disk offering', (volume) => volume.diskOfferingUuid),
  diskofferingname: field.string('the name of its disk offering', (volume) => volume.diskOfferingName),
  diskofferingdisplaytext: field.string('what its disk offering is', (volume) => volume.diskOfferingDisplayText),
  provisioningtype: field.string('how its room is taken', (volume) => volume.provisioningType ?? 'thin'),
  templateid: field.string('the template it was made from', (volume) => volume.templateUuid),
  templatename: field.string('the name of that template', (volume) => volume.templateName),
  templatedisplaytext: field.string('what that template is', (volume) => volume.templateDisplayText),
  storagetype: field.string('whether all hosts of a cluster reach it', () => 'shared'),
  storageid: field.string('the primary storage it is in', (volume) => volume.poolUuid, administrators),
  storage: field.string('the name of that primary storage', (volume) => volume.poolName, administrators),
  path: field.string(
    'its file in the primary storage',
    ({ poolUuid, uuid }) => (poolUuid === null ? null : volumePath(uuid)),
    administrators,
  ),
  clusterid: field.string('the cluster of its primary storage', (volume) => volume.clusterUuid, administrators),
  clustername: field.string('the name of that cluster', (volume) => volume.clusterName, administrators),
  podid: field.string('the pod of its primary storage', (volume) => volume.podUuid, administrators),
  podname: field.string('the name of that pod', (volume) => volume.podName, administrators),
  displayvolume: field.boolean('whether it is shown to users', () => true),
  isextractable: field.boolean('whether its file may be downloaded', () => false),
  quiescevm: field.boolean('whether its machine is halted for snapshots', () => false),
  supportsstoragesnapshot: field.boolean('whether the storage itself can take snapshots of it', () => false),
  tags: field.strings('its tags', () => []),
  jobid: field.string('the job that is at work on it', (volume) => volume.jobUuid),
  jobstatus: field.integer('0: that job is running', (volume) => (volume.jobUuid === null ? null : 0)),
});
