// The template as answers show it: once by itself, or once for each zone that has it.
import { formatChecksum, formatDomainPath, type TemplateCopyState, templateStatusText } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

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
  readonly sha256: string;
  readonly created: Date;
  readonly state: TemplateCopyState;
  readonly percent: number;
  readonly error: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly jobUuid: string | null;
}

const owners = [
  'JOIN account a ON a.id = t.account_id',
  'JOIN domain d ON d.id = t.domain_id',
  'JOIN guest_os_type os ON os.id = t.os_type_id',
  'JOIN zone z ON z.id = c.zone_id',
  "LEFT JOIN job j ON j.held_subject = CONCAT('Template:', t.uuid)",
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
  sha256: 't.sha256',
  created: 't.created',
  state: 'c.state',
  percent: 'c.percent',
  error: 'c.error',
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
});

/** What conditions on `templateInZoneSource` about the template itself need. */
export const joinTemplate = 'JOIN template t ON t.id = c.template_id';
export const onceForEachZone = `c.id = ${bestCopy('b.template_id = c.template_id AND b.zone_id = c.zone_id')}`;

/** One row for each copy: lists add `onceForEachZone`. */
export const templateInZoneSource = source<TemplateRow>({
  from: 'template_copy c',
  joins: [joinTemplate, ...owners],
  columns,
});

export const templateView = view<TemplateRow>('template', {
  id: field.string('the id of the template', (template) => template.uuid),
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
    ({ state, percent, error }) => templateStatusText(state, percent, error) || null,
  ),
  size: field.long('the size of its disk in bytes', (template) => template.virtualSizeBytes),
  physicalsize: field.long('the size of its file in bytes', (template) => template.physicalSizeBytes),
  checksum: field.string('the sum of its file', ({ sha256 }) =>
    sha256 === '' ? null : formatChecksum({ algorithm: 'sha256', hex: sha256 }),
  ),
  format: field.string('the format of its file', (template) => template.format),
  hypervisor: field.string('the hypervisor it is for', (template) => template.hypervisor),
  arch: field.string('its processor architecture', (template) => template.arch),
  bits: field.integer('32 or 64', () => 64),
  ostypeid: field.string('its OS type', (template) => template.osTypeUuid),
  ostypename: field.string('the name of its OS type', (template) => template.osTypeName),
  templatetype: field.string('who made it: BUILTIN, USER or SYSTEM', (template) => template.type),
  bootable: field.boolean('whether machines boot from it', () => true),
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
});
