// What registering and uploading templates and ISOs have in common: parameters, where the file goes, the rows.
import { randomUUID } from 'node:crypto';
import { formatChecksum, parseChecksum, parseDisplayName, problem, templateCopyInitialState } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { CommandContext } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { selectRows, Where } from '../../kernel/command/source.ts';
import { type OwnerParams, ownerParams, resolveOwner } from '../account/owner.ts';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import type { ImageStore } from '../image-store/image-store.entity.ts';
import { expectTransfer } from '../store-transfer/expect-transfer.ts';
import { Zone } from '../zone/zone.entity.ts';
import { templatePath } from './template-paths.ts';
import { Template, TemplateCopy, type TemplateKind } from './template.entity.ts';
import { onceForEachZone, templateInZoneSource, type TemplateRow } from './template.view.ts';

export const newTemplateParams = {
  name: param.string({ required: true, about: 'its name' }),
  displaytext: param.string({ maxLength: 4096, about: 'what it is; without one its name' }),
  checksum: param.string({ about: 'the MD5, SHA-1, SHA-256 or SHA-512 sum that the file must have, such as {SHA-256}9f86d081…' }),
  ostypeid: param.ref(GuestOsType, { access: 'use', about: 'its OS type, see listOsTypes; where not said, Other (64-bit)' }),
  ispublic: param.boolean({ about: 'whether everyone may use it' }),
  isfeatured: param.boolean({ roles: ['Admin'], about: 'whether it is recommended to everyone' }),
  isextractable: param.boolean({ about: 'whether its file may be downloaded' }),
  ...ownerParams,
};

/** What only templates have. */
export const imageParams = {
  format: param.enum(['QCOW2', 'RAW', 'VHD', 'OVA'], {
    required: true,
    about: 'the format of its file: only QCOW2 is taken, also compressed',
  }),
  hypervisor: param.enum(['KVM', 'Simulator'], { required: true, about: 'the hypervisor it is for' }),
  passwordenabled: param.boolean({ about: 'whether passwords can be reset in machines made from it' }),
  arch: param.enum(['x86_64'], { about: 'its processor architecture: only x86_64' }),
};

interface NewTemplateArgs extends OwnerParams {
  readonly name: string;
  readonly displaytext?: string | undefined;
  readonly checksum?: string | undefined;
  readonly ostypeid?: GuestOsType | undefined;
  readonly ispublic?: boolean | undefined;
  readonly isfeatured?: boolean | undefined;
  readonly isextractable?: boolean | undefined;
  readonly passwordenabled?: boolean | undefined;
}

interface NewTemplate {
  readonly kind: TemplateKind;
  readonly hypervisor: string;
  readonly bootable: boolean;
  readonly url: string;
}

export function refuseOtherFormats(format: 'QCOW2' | 'RAW' | 'VHD' | 'OVA'): void {
  if (format === 'QCOW2') return;
  const from = { RAW: 'raw', VHD: 'vpc', OVA: 'vmdk' }[format];
  throw problem(
    'invalid',
    `parameter format: ${format} is not taken as it is: convert the disk with qemu-img convert -f ${from} -O qcow2 SOURCE TARGET, and say QCOW2`,
  );
}

/** Writes a template or ISO that has no file yet, and its copies in these stores. */
export async function insertTemplate(
  args: NewTemplateArgs,
  { kind, hypervisor, bootable, url }: NewTemplate,
  stores: readonly ImageStore[],
  ctx: CommandContext,
): Promise<{ template: Template; copies: readonly TemplateCopy[] }> {
  const { tx, clock } = ctx;
  const owner = await resolveOwner(args, ctx);
  const name = parseDisplayName(args.name, 'name');
  const osTypeId = args.ostypeid?.id ?? (await tx.findOneByOrFail(GuestOsType, { name: 'Other (64-bit)' })).id;
  const template = tx.create(Template, {
    uuid: randomUUID(),
    name,
    displayText: parseDisplayName(args.displaytext ?? name, 'displaytext', 4096),
    accountId: owner.accountId,
    domainId: owner.domainId,
    osTypeId,
    hypervisor,
    kind,
    format: kind === 'ISO' ? 'ISO' : 'QCOW2',
    type: 'USER',
    isPublic: args.ispublic ?? false,
    isFeatured: args.isfeatured ?? false,
    isExtractable: args.isextractable ?? false,
    passwordEnabled: args.passwordenabled ?? false,
    bootable,
    url,
    checksum: args.checksum === undefined ? '' : formatChecksum(parseChecksum(args.checksum)),
    virtualSizeBytes: 0,
    physicalSizeBytes: 0,
    sha256: '',
    created: clock.now(),
  });
  await tx.insert(Template, template);
  const copies = stores.map((store) =>
    tx.create(TemplateCopy, {
      uuid: randomUUID(),
      templateId: template.id,
      storeKind: 'image',
      storeId: store.id,
      zoneId: store.zoneId,
      state: templateCopyInitialState,
      version: 0,
      path: templatePath(template.uuid, kind),
    }),
  );
  for (const copy of copies) await tx.insert(TemplateCopy, copy);
  return { template, copies };
}

/** The zones asked for; all that are open to everyone when none is. */
export async function zonesFor(
  tx: EntityManager,
  { zoneid, zoneids = [] }: { readonly zoneid?: Zone | undefined; readonly zoneids?: readonly Zone[] | undefined },
): Promise<readonly Zone[]> {
  const asked = [...new Map([...(zoneid ? [zoneid] : []), ...zoneids].map((zone) => [zone.id, zone])).values()];
  if (asked.length > 0) return asked;
  const zones = await tx.find(Zone, { order: { id: 'ASC' } });
  const open = zones.filter(({ domainId }) => domainId === null);
  if (open.length === 0) throw problem('invalid', 'parameter zoneid is missing: there is no zone that is open to everyone');
  return open;
}

/** Writes the rows and has the zones' secondary-storage machines fetch the file, each into one store. */
export async function fetchByUrl(args: NewTemplateArgs, what: NewTemplate, zones: readonly Zone[], ctx: CommandContext): Promise<Template> {
  const stores: ImageStore[] = [];
  for (const zone of zones) stores.push(await chooseImageStore(ctx.tx, zone));
  const { template, copies } = await insertTemplate(args, what, stores, ctx);
  for (const copy of copies) await expectDownload(ctx.tx, ctx.clock, template, copy);
  return template;
}

/** Has one copy fetched from where the template comes from. */
export async function expectDownload(tx: EntityManager, clock: Clock, template: Template, copy: TemplateCopy): Promise<void> {
  await expectTransfer(tx, clock, {
    kind: 'download',
    subjectType: 'TemplateCopy',
    subjectId: copy.id,
    format: template.kind === 'ISO' ? 'iso' : 'qcow2',
    path: copy.path,
    url: template.url,
    checksum: template.checksum,
    store: { id: copy.storeId, zoneId: copy.zoneId },
  });
}

/** As lists show it: once for each zone. */
export async function rowsOfTemplate(tx: EntityManager, templateId: number): Promise<TemplateRow[]> {
  return selectRows(templateInZoneSource, tx, new Where().and(onceForEachZone).equals('c.template_id', templateId));
}
