// The rows of system VM templates: one template for each version and hypervisor, one copy of it in each secondary storage.
import { randomUUID } from 'node:crypto';
import { problem, type SystemTemplateId, systemTemplatePath, templateCopyLifecycle } from '@strata/domain';
import { type EntityManager, type FindOptionsWhere, In, Not } from 'typeorm';
import { transition } from '../../kernel/db/transition.ts';
import { Account } from '../account/account.entity.ts';
import { rootDomainId } from '../account/domain.entity.ts';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import type { SystemTemplateFacts } from './system-template-files.ts';
import { Template, TemplateCopy } from './template.entity.ts';

interface Place {
  readonly storeId: number;
  readonly zoneId: number;
}

/** Template and copy, the copy on its way; those that exist already are taken. */
export async function expectSystemTemplate(
  tx: EntityManager,
  template: SystemTemplateId,
  hypervisor: string,
  place: Place,
  now: Date,
): Promise<Template> {
  const known = await tx.findOneBy(Template, { type: 'SYSTEM', sha256: template.sha256, hypervisor });
  const row = known ?? (await insertTemplate(tx, template, hypervisor, now));
  await claimFile(tx, row.id, place.storeId, systemTemplatePath(template));
  const copy = await tx.findOneBy(TemplateCopy, { templateId: row.id, storeKind: 'image', storeId: place.storeId });
  if (!copy)
    await tx.insert(TemplateCopy, {
      uuid: randomUUID(),
      templateId: row.id,
      storeKind: 'image',
      storeId: place.storeId,
      zoneId: place.zoneId,
      state: 'Creating',
      version: 0,
      path: systemTemplatePath(template),
    });
  else if (copy.state === 'Failed') await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'fetchRequested');
  else if (copy.state === 'Destroying')
    throw problem('conflict', 'this system VM template is being deleted there: try again when it is gone');
  return row;
}

/**
 * Templates of several hypervisors share the file of a version: only one is brought or taken away at a time, since whoever fails takes back the file.
 * @throws conflict while another one is at it
 */
async function claimFile(tx: EntityManager, templateId: number, storeId: number, path: string): Promise<void> {
  await tx.query('SELECT id FROM image_store WHERE id = ? FOR UPDATE', [storeId]);
  const others = await tx.findBy(TemplateCopy, { ...othersOf(templateId, storeId, path), state: In(['Creating', 'Destroying']) });
  if (others.length > 0)
    throw problem(
      'conflict',
      'the same file is on its way to or from this secondary storage for another hypervisor: try again when it is done',
    );
}

/** Whether the file belongs to the template of another hypervisor too. */
export function isFileOfOthers(tx: EntityManager, templateId: number, storeId: number, path: string): Promise<boolean> {
  return tx.existsBy(TemplateCopy, othersOf(templateId, storeId, path));
}

function othersOf(templateId: number, storeId: number, path: string): FindOptionsWhere<TemplateCopy> {
  return { templateId: Not(templateId), storeKind: 'image', storeId, path };
}

export async function systemTemplateArrived(
  tx: EntityManager,
  templateId: number,
  storeId: number,
  facts: SystemTemplateFacts,
): Promise<void> {
  const copy = await tx.findOneByOrFail(TemplateCopy, { templateId, storeKind: 'image', storeId });
  if (copy.state !== 'Ready') await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'fetched', { percent: 100 });
  await tx.update(Template, { id: templateId }, facts);
}

/** New system machines are made from the newest one that their zone holds. */
export async function makeCurrent(tx: EntityManager, templateId: number, now: Date): Promise<void> {
  await tx.update(Template, { id: templateId }, { created: now });
}

/** Takes back a copy that did not arrive, and the template with its last copy. */
export async function forgetSystemTemplate(tx: EntityManager, templateId: number, storeId: number): Promise<void> {
  await tx.delete(TemplateCopy, { templateId, storeKind: 'image', storeId });
  await forgetSystemTemplatesWithoutCopies(tx);
}

export async function forgetSystemTemplatesWithoutCopies(tx: EntityManager): Promise<void> {
  await tx.query(
    `DELETE FROM template WHERE type = 'SYSTEM' AND NOT EXISTS (SELECT 1 FROM template_copy c WHERE c.template_id = template.id)
     AND NOT EXISTS (SELECT 1 FROM system_vm v WHERE v.template_id = template.id)`,
  );
}

async function insertTemplate(tx: EntityManager, { version, sha256 }: SystemTemplateId, hypervisor: string, now: Date): Promise<Template> {
  const owner = await tx.findOneByOrFail(Account, { domainId: rootDomainId, isDefault: true });
  const osType = await tx.findOneByOrFail(GuestOsType, { name: 'Debian GNU/Linux 12 (64-bit)' });
  const row = tx.create(Template, {
    uuid: randomUUID(),
    name: `SystemVM Template (${hypervisor})`,
    displayText: `System VM template ${version}`,
    accountId: owner.id,
    domainId: owner.domainId,
    osTypeId: osType.id,
    hypervisor,
    kind: 'TEMPLATE',
    format: 'QCOW2',
    type: 'SYSTEM',
    bootable: true,
    url: '',
    checksum: '',
    isPublic: false,
    isFeatured: false,
    isExtractable: false,
    passwordEnabled: false,
    virtualSizeBytes: 0,
    physicalSizeBytes: 0,
    sha256,
    created: now,
  });
  await tx.insert(Template, row);
  return row;
}
