// Templates and ISOs as answers show them: once by itself, or once for each zone that has it.
import { formatChecksum, formatDomainPath, type TemplateCopyState, templateStatusText } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { source } from '../../kernel/command/source.ts';
import { type Field, field, type Flag, view } from '../../kernel/command/view.ts';
import type { TemplateKind } from './template.entity.ts';

export interface TemplateRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly displayText: string;
  readonly accountUuid: string;
  readonly accountName: string;
  readonly domainUuid: string;
  readonly domainName: string;
  readonly domainPath: string;
  readonly osTypeUuid: string;
  readonly osTypeName: string;
  readonly hypervisor: string;
  readonly format: string;
  readonly type: string;
  readonly arch: string;
  readonly isPublic: Flag;
  readonly isFeatured: Flag;
  readonly isExtractable: Flag;
  readonly passwordEnabled: Flag;
  readonly virtualSizeBytes: number;
  readonly physicalSizeBytes: number;
  readonly kind: TemplateKind;
  readonly bootable: Flag;
  readonly url: string;
  readonly checksum: string;
  readonly sha256: string;
  readonly created: Date;
  readonly state: TemplateCopyState;
  readonly percent: number;
  readonly error: string;
  readonly waiting: string | null;
  copies?: readonly DownloadDetail[];
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly jobUuid: string | null;
}

const owners = [
  'JOIN account a ON a.id = t.account_id',
  'JOIN domain d ON d.id = t.domain_id',
  'JOIN guest_os_type os ON os.id = t.os_type_id',
  'JOIN zone z ON z.id = c.zone_id',
  "LEFT JOIN store_transfer x ON x.subject_type = 'TemplateCopy' AND x.subject_id = c.id",
  "LEFT JOIN job j ON j.held_subject = CONCAT(IF(t.kind = 'ISO', 'Iso:', 'Template:'), t.uuid)",
];

const columns = {
  id: 't.id',
  uuid: 't.uuid',
  name: 't.name',
  displayText: 't.display_text',
  accountUuid: 'a.uuid',
  accountName: 'a.name',
  domainUuid: 'd.uuid',
  domainName: 'd.name',
  domainPath: 'd.path',
  osTypeUuid: 'os.uuid',
  osTypeName: 'os.name',
  hypervisor: 't.hypervisor',
  format: 't.format',
  type: 't.type',
  arch: 't.arch',
  isPublic: 't.is_public',
  isFeatured: 't.is_featured',
  isExtractable: 't.is_extractable',
  passwordEnabled: 't.password_enabled',
  virtualSizeBytes: 't.virtual_size_bytes',
  physicalSizeBytes: 't.physical_size_bytes',
  kind: 't.kind',
  bootable: 't.bootable',
  url: 't.url',
  checksum: 't.checksum',
  sha256: 't.sha256',
  created: 't.created',
  state: 'c.state',
  percent: 'c.percent',
  error: 'c.error',
  waiting: 'x.waiting',
  zoneUuid: 'z.uuid',
  zoneName: 'z.name',
  jobUuid: 'j.uuid',
} as const;

/** SQL: the copy that stands for all copies of a template in image stores, complete ones before others. */
const bestCopy = (where: string) =>
  `(SELECT b.id FROM template_copy b WHERE b.store_kind = 'image' AND ${where} ORDER BY b.state = 'Ready' DESC, b.id LIMIT 1)`;

/** One row for a template. */
export const templateSource = source<TemplateRow>({
  from: 'template t',
  joins: [`JOIN template_copy c ON c.id = ${bestCopy('b.template_id = t.id')}`, ...owners],
  columns,
  attach: attachCopies,
});

/** What conditions on `templateInZoneSource` about the template itself need. */
export const joinTemplate = 'JOIN template t ON t.id = c.template_id';
export const onceForEachZone = `c.id = ${bestCopy('b.template_id = c.template_id AND b.zone_id = c.zone_id')}`;

/** One row for each copy: lists add `onceForEachZone`. */
export const templateInZoneSource = source<TemplateRow>({
  from: 'template_copy c',
  joins: [joinTemplate, ...owners],
  columns,
  attach: attachCopies,
});

async function attachCopies(templates: TemplateRow[], read: EntityManager): Promise<void> {
  const copies = await read.query<DownloadDetail[]>(
    `SELECT c.template_id AS templateId, z.uuid AS zoneUuid, COALESCE(s.name, p.name) AS storeName, c.store_kind AS storeKind, c.state, c.percent, c.error,
       x.bytes_done AS bytesDone, x.bytes_total AS bytesTotal, x.bytes_per_second AS bytesPerSecond
     FROM template_copy c JOIN zone z ON z.id = c.zone_id
       LEFT JOIN image_store s ON c.store_kind = 'image' AND s.id = c.store_id
       LEFT JOIN storage_pool p ON c.store_kind = 'primary' AND p.id = c.store_id
       LEFT JOIN store_transfer x ON x.subject_type = 'TemplateCopy' AND x.subject_id = c.id
     WHERE c.template_id IN (?) ORDER BY c.store_kind, c.id`,
    [templates.map(({ id }) => id)],
  );
  const byTemplate = Map.groupBy(copies, ({ templateId }) => templateId);
  for (const template of templates)
    template.copies = (byTemplate.get(template.id) ?? []).filter(({ zoneUuid }) => zoneUuid === template.zoneUuid);
}

const downloadStates: Readonly<Record<TemplateCopyState, string>> = {
  Allocated: 'NOT_DOWNLOADED',
  Creating: 'DOWNLOAD_IN_PROGRESS',
  Ready: 'DOWNLOADED',
  Failed: 'DOWNLOAD_ERROR',
  Destroying: 'NOT_DOWNLOADED',
  Destroyed: 'NOT_DOWNLOADED',
};

/** Of one copy. */
export interface DownloadDetail {
  readonly templateId: number;
  readonly zoneUuid: string;
  readonly storeName: string;
  readonly storeKind: 'image' | 'primary';
  readonly state: TemplateCopyState;
  readonly percent: number;
  readonly error: string;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number | null;
}

const downloadDetailView = view<DownloadDetail>('downloaddetail', {
  datastore: field.string('the name of the storage', (copy) => copy.storeName),
  datastoreRole: field.string('Image: secondary storage; Primary', ({ storeKind }) => (storeKind === 'image' ? 'Image' : 'Primary')),
  downloadState: field.string('how its copy there is', ({ state }) => downloadStates[state]),
  downloadPercent: field.string('how much of the file is there', ({ state, percent }) => String(state === 'Ready' ? 100 : percent)),
  bytesdone: field.long('how many bytes have arrived', (copy) => copy.bytesDone),
  bytestotal: field.long('how many there are to come, where the server tells', (copy) => copy.bytesTotal),
  bytespersecond: field.long('how fast they come', (copy) => copy.bytesPerSecond),
  error: field.string('what went wrong', (copy) => copy.error || null),
});

const fields: Record<string, Field<TemplateRow>> = {
  id: field.string('its id', (template) => template.uuid),
  name: field.string('its name', (template) => template.name),
  displaytext: field.string('what it is', (template) => template.displayText),
  account: field.string('the account it belongs to', (template) => template.accountName),
  accountid: field.string('the id of that account', (template) => template.accountUuid),
  domainid: field.string('the domain of that account', (template) => template.domainUuid),
  domain: field.string('the name of that domain', (template) => template.domainName),
  domainpath: field.string('the path of that domain', (template) => formatDomainPath(template.domainPath)),
  zoneid: field.string('the zone it can be used in', (template) => template.zoneUuid),
  zonename: field.string('the name of that zone', (template) => template.zoneName),
  crossZones: field.boolean('whether every zone gets it', () => false),
  isready: field.boolean('whether machines can be made from it', (template) => template.state === 'Ready'),
  status: field.string(
    'how far its arrival in the zone is',
    ({ waiting, ...row }) => templateStatusText({ ...row, waiting: waiting ?? '' }) || null,
  ),
  size: field.long('the size of its disk in bytes', (template) => template.virtualSizeBytes || null),
  physicalsize: field.long('the size of its file in bytes', (template) => template.physicalSizeBytes || null),
  downloaddetails: field.list('how far each of its copies is', downloadDetailView, (template) => template.copies, {
    roles: ['Admin', 'ResourceAdmin'],
  }),
  url: field.string('where it is fetched from', (template) => template.url || null),
  checksum: field.string('the sum that its file was to have, or has', ({ checksum, sha256 }) =>
    checksum === '' ? (sha256 === '' ? null : formatChecksum({ algorithm: 'sha256', hex: sha256 })) : checksum,
  ),
  format: field.string('the format of its file', (template) => template.format),
  hypervisor: field.string('the hypervisor it is for', (template) => template.hypervisor),
  arch: field.string('its processor architecture', (template) => template.arch),
  bits: field.integer('32 or 64', () => 64),
  ostypeid: field.string('its OS type', (template) => template.osTypeUuid),
  ostypename: field.string('the name of its OS type', (template) => template.osTypeName),
  templatetype: field.string('who made it: BUILTIN, USER or SYSTEM', (template) => template.type),
  bootable: field.boolean('whether machines boot from it', (template) => template.bootable),
  ispublic: field.boolean('whether everyone may use it', (template) => template.isPublic),
  isfeatured: field.boolean('whether it is recommended to everyone', (template) => template.isFeatured),
  isextractable: field.boolean('whether its file may be downloaded', (template) => template.isExtractable),
  passwordenabled: field.boolean('whether passwords can be reset in machines made from it', (template) => template.passwordEnabled),
  sshkeyenabled: field.boolean('whether SSH keys can be reset in machines made from it', () => false),
  isdynamicallyscalable: field.boolean('whether machines made from it can grow while they run', () => false),
  directdownload: field.boolean('whether hosts fetch it without secondary storage', () => false),
  deployasis: field.boolean('whether it decides about the disks and cards of machines', () => false),
  created: field.date('when it was added', (template) => template.created),
  tags: field.strings('its tags', () => []),
  jobid: field.string('the job that is at work on it', (template) => template.jobUuid),
  jobstatus: field.integer('0: that job is running', (template) => (template.jobUuid === null ? null : 0)),
};

export const templateView = view('template', fields);
export const isoView = view('iso', fields);
