// Copies a template or ISO to other zones: a host of each zone carries the file from store to store, or nothing of it stays there.
import { randomUUID } from 'node:crypto';
import { problem, templateCopyLifecycle } from '@strata/domain';
import { type EntityManager, In } from 'typeorm';
import { transition } from '../../kernel/db/transition.ts';
import { type HostsStep, saga } from '../../kernel/jobs/saga.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { hostInZone } from '../storage-pool/reaching-hosts.ts';
import { StoreTransfer } from '../store-transfer/store-transfer.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Template, TemplateCopy } from './template.entity.ts';

type CopyInput = {
  readonly templateId: number;
  /** Null: from any that has it. */
  readonly sourceZoneId: number | null;
  readonly zoneIds: readonly number[];
};

type Place = { readonly uuid: string; readonly server: string; readonly path: string };

type Planned = {
  readonly hypervisor: string;
  readonly path: string;
  readonly sha256: string;
  readonly source: Place;
  readonly targets: readonly { readonly copyId: number; readonly zoneId: number; readonly store: Place }[];
};

export const copyToZones = saga<CopyInput>('copyTemplate')
  .rows(
    'expected',
    async ({ tx, input }): Promise<Planned> => {
      const template = await tx.findOneBy(Template, { id: input.templateId });
      if (!template) throw problem('conflict', 'the template was deleted meanwhile');
      const from = await sourceOf(tx, input, template);
      const targets: Planned['targets'][number][] = [];
      for (const zone of await tx.findBy(Zone, { id: In([...input.zoneIds]) })) {
        const store = await chooseImageStore(tx, zone);
        targets.push({ copyId: await expectCopy(tx, template, from.path, store, zone), zoneId: zone.id, store: placeOf(store) });
      }
      return { hypervisor: template.hypervisor, path: from.path, sha256: template.sha256, source: from.store, targets };
    },
    async ({ tx, out }) => {
      const copyIds = (out.expected?.targets ?? []).map(({ copyId }) => copyId);
      if (copyIds.length > 0) await tx.delete(TemplateCopy, { id: In(copyIds) });
    },
  )
  .hosts('files', copyFiles, removeFiles)
  .rows('copied', async ({ tx, out }) => {
    for (const { copyId } of out.expected.targets) {
      const copy = await tx.findOneByOrFail(TemplateCopy, { id: copyId });
      if (copy.state !== 'Ready') await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'fetched', { percent: 100 });
    }
  });

async function sourceOf(tx: EntityManager, { sourceZoneId }: CopyInput, template: Template): Promise<{ path: string; store: Place }> {
  const copies = await tx.findBy(TemplateCopy, {
    templateId: template.id,
    storeKind: 'image',
    state: 'Ready',
    ...(sourceZoneId !== null && { zoneId: sourceZoneId }),
  });
  const [copy] = copies;
  if (!copy)
    throw problem(
      'invalid',
      `${template.name} is not ready ${sourceZoneId === null ? 'in any zone' : 'in the source zone'}: wait until it is`,
    );
  return { path: copy.path, store: placeOf(await tx.findOneByOrFail(ImageStore, { id: copy.storeId })) };
}

/** @throws conflict when the zone has it already. */
async function expectCopy(tx: EntityManager, template: Template, path: string, store: ImageStore, zone: Zone): Promise<number> {
  const there = await tx.findBy(TemplateCopy, { templateId: template.id, storeKind: 'image', zoneId: zone.id });
  const ours = there.find(({ state, storeId }) => state === 'Creating' && storeId === store.id);
  // Jobs on one template run one at a time, and what is fetched from the web has a transfer.
  if (ours && !(await tx.existsBy(StoreTransfer, { subjectType: 'TemplateCopy', subjectId: ours.id }))) return ours.id;
  if (there.length > 0)
    throw problem('conflict', `zone ${zone.name} has ${template.name} already, or is getting it: delete it there first to copy it again`);
  const copy = tx.create(TemplateCopy, {
    uuid: randomUUID(),
    templateId: template.id,
    storeKind: 'image',
    storeId: store.id,
    zoneId: zone.id,
    state: 'Creating',
    version: 0,
    path,
  });
  await tx.insert(TemplateCopy, copy);
  return copy.id;
}

type FilesStep = HostsStep<CopyInput, { readonly expected?: Planned }>;

async function copyFiles({ out, read, drivers }: FilesStep): Promise<void> {
  const { targets, source, path, sha256, hypervisor } = out.expected!;
  for (const { zoneId, store } of targets) {
    const { driver, address } = await hostInZone(zoneId, hypervisor, read, drivers);
    await driver.mounts.ensure(address, source);
    await driver.mounts.ensure(address, store);
    await driver.disks.copy(address, { mount: source, path }, { mount: store, path }, sha256);
  }
}

async function removeFiles({ out, read, drivers }: FilesStep): Promise<void> {
  if (!out.expected) return;
  const { targets, path, hypervisor } = out.expected;
  for (const { zoneId, store } of targets) {
    const { driver, address } = await hostInZone(zoneId, hypervisor, read, drivers);
    await driver.mounts.ensure(address, store);
    await driver.disks.remove(address, { mount: store, path });
  }
}

function placeOf({ uuid, server, path }: ImageStore): Place {
  return { uuid, server, path };
}
