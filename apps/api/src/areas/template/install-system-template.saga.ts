// Installs a system VM template: its file goes from the management server into a secondary storage, and new system machines are made from it.
import { problem, systemTemplatePath } from '@strata/domain';
import type { MountSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { type HostsStep, saga } from '../../kernel/jobs/saga.ts';
import type { HostConnection } from '../host/host-drivers.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { hostInZone } from '../storage-pool/reaching-hosts.ts';
import { digestTemplateFile } from './template-file.ts';
import { bringSystemTemplate } from './system-template-files.ts';
import { forgetSystemTemplate, isFileOfOthers, makeCurrent, systemTemplateArrived } from './system-template-rows.ts';
import { templateCaps } from './template.settings.ts';
import { TemplateCopy } from './template.entity.ts';

type InstallInput = {
  readonly templateId: number;
  readonly storeId: number;
  readonly hypervisor: string;
  /** On the management server. */
  readonly path: string;
  readonly version: string;
  readonly sha256: string;
};

export const installSystemTemplateFile = saga<InstallInput>('installSystemTemplate')
  .rows(
    'fetching',
    async ({ tx, input }) => ({ wasThere: (await copyOf(tx, input)).state === 'Ready' }),
    async ({ tx, input, out }) => {
      if (out.fetching?.wasThere === false) await forgetSystemTemplate(tx, input.templateId, input.storeId);
    },
  )
  .hosts(
    'file',
    async (step) => {
      const { path, sha256 } = step.input;
      await digestTemplateFile(path, templateCaps(step.settings), { algorithm: 'sha256', hex: sha256 });
      const { host, mount } = await reach(step);
      return bringSystemTemplate(host, mount, { ...step.input, source: path });
    },
    async (step) => {
      if (step.out.fetching?.wasThere !== false) return;
      const { templateId, storeId } = step.input;
      const path = systemTemplatePath(step.input);
      if (await isFileOfOthers(step.read, templateId, storeId, path)) return;
      const { host, mount } = await reach(step);
      await host.driver.disks.remove(host.address, { mount, path });
    },
  )
  .rows('installed', async ({ tx, input, out, clock }) => {
    await systemTemplateArrived(tx, input.templateId, input.storeId, out.file);
    await makeCurrent(tx, input.templateId, clock.now());
  });

async function reach({
  input,
  read,
  drivers,
}: Pick<HostsStep<InstallInput, object>, 'input' | 'read' | 'drivers'>): Promise<{ host: HostConnection; mount: MountSpec }> {
  const store = await read.findOneBy(ImageStore, { id: input.storeId });
  if (!store) throw problem('unavailable', 'the secondary storage was removed in the meantime: choose another one');
  const { uuid, server, path, zoneId } = store;
  const mount = { uuid, server, path };
  const host = await hostInZone(zoneId, input.hypervisor, read, drivers);
  await host.driver.mounts.ensure(host.address, mount);
  return { host, mount };
}

function copyOf(tx: EntityManager, { templateId, storeId }: InstallInput): Promise<TemplateCopy> {
  return tx.findOneByOrFail(TemplateCopy, { templateId, storeKind: 'image', storeId });
}
