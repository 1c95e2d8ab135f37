// Installs a template: its file goes from the management server into an image store, or nothing of it stays.
import { type Checksum, problem, templateCopyLifecycle } from '@strata/domain';
import type { MountSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { transition } from '../../kernel/db/transition.ts';
import { type HostsStep, saga } from '../../kernel/jobs/saga.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { hostInZone } from '../storage-pool/reaching-hosts.ts';
import { digestTemplateFile } from './template-file.ts';
import { templatePath } from './template-paths.ts';
import { templateCaps } from './template.settings.ts';
import { Template, TemplateCopy } from './template.entity.ts';

type InstallInput = {
  readonly templateId: number;
  readonly templateUuid: string;
  readonly storeId: number;
  readonly hypervisor: string;
  /** On the management server. */
  readonly path: string;
  readonly checksum: Checksum | null;
};

type Installed = {
  readonly sha256: string;
  readonly virtualSizeBytes: number;
  readonly physicalSizeBytes: number;
};

export const installTemplateFile = saga<InstallInput>('installTemplate')
  .rows(
    'fetching',
    async ({ tx, input }) => {
      const copy = await copyOf(tx, input);
      if (copy.state !== 'Creating') await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'fetchRequested');
    },
    async ({ tx, input }) => {
      await tx.delete(TemplateCopy, { templateId: input.templateId });
      await tx.delete(Template, { id: input.templateId });
    },
  )
  .hosts(
    'file',
    async (step) => putIntoStore(step),
    async (step) => takeOutOfStore(step),
  )
  .rows('installed', async ({ tx, input, out }) => {
    const copy = await copyOf(tx, input);
    if (copy.state !== 'Ready') await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'fetched', { percent: 100 });
    const { sha256, virtualSizeBytes, physicalSizeBytes } = out.file;
    await tx.update(Template, { id: input.templateId }, { sha256, virtualSizeBytes, physicalSizeBytes });
  });

/** The sum of the very bytes that were judged is what the driver verifies in the store: a file swapped in between is noticed. */
async function putIntoStore({ input, read, drivers, settings }: HostsStep<InstallInput, object>): Promise<Installed> {
  const found = await digestTemplateFile(input.path, templateCaps(settings), input.checksum ?? undefined);
  const { mount, zoneId } = await storeOf(read, input.storeId);
  const { driver, address } = await hostInZone(zoneId, input.hypervisor, read, drivers);
  const target = { mount, path: templatePath(input.templateUuid) };
  await driver.mounts.ensure(address, mount);
  await driver.disks.upload(address, input.path, target, found.sha256);
  const stored = await driver.disks.inspect(address, target);
  if (stored.format !== 'qcow2' || stored.virtualSizeBytes !== found.virtualSizeBytes || stored.backingPath !== undefined) {
    throw problem(
      'unavailable',
      `the file in the secondary storage is not the one that was sent (${stored.format}, ${stored.virtualSizeBytes} bytes): check the storage and try again`,
    );
  }
  return { sha256: found.sha256, virtualSizeBytes: found.virtualSizeBytes, physicalSizeBytes: found.fileBytes };
}

async function takeOutOfStore({ input, read, drivers }: HostsStep<InstallInput, object>): Promise<void> {
  const { mount, zoneId } = await storeOf(read, input.storeId);
  const { driver, address } = await hostInZone(zoneId, input.hypervisor, read, drivers);
  await driver.mounts.ensure(address, mount);
  await driver.disks.remove(address, { mount, path: templatePath(input.templateUuid) });
}

async function storeOf(read: EntityManager, storeId: number): Promise<{ mount: MountSpec; zoneId: number }> {
  const store = await read.findOneBy(ImageStore, { id: storeId });
  if (!store) throw problem('unavailable', 'the secondary storage was removed in the meantime: choose another one');
  const { uuid, server, path, zoneId } = store;
  return { mount: { uuid, server, path }, zoneId };
}

function copyOf(tx: EntityManager, { templateId, storeId }: InstallInput): Promise<TemplateCopy> {
  return tx.findOneByOrFail(TemplateCopy, { templateId, storeKind: 'image', storeId });
}
