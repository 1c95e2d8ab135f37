// Adds secondary storage: a host of the zone must be able to use the export, and it holds a system VM template before it takes files.
import { problem, systemTemplatePath } from '@strata/domain';
import type { MountSpec } from '@strata/hypervisor';
import { saga } from '../../kernel/jobs/saga.ts';
import type { HostConnection, HostDrivers } from '../host/host-drivers.ts';
import { attachExport, detachExport } from '../storage-pool/attach-export.ts';
import { systemVmsWanted } from '../system-vm/system-vm.settings.ts';
import { bringSystemTemplate, type ChosenSystemTemplate, chooseSystemTemplate } from '../template/system-template-files.ts';
import { expectSystemTemplate, forgetSystemTemplate, systemTemplateArrived } from '../template/system-template-rows.ts';
import { ImageStore } from './image-store.entity.ts';
import { hostsToTry, onAnyHost, type WillingHost } from './try-hosts.ts';

type Attaching = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly hosts: readonly { readonly id: number; readonly name: string; readonly hypervisor: string }[];
  readonly systemVms: boolean;
};

/** Null where the zone has no system VMs. */
type Chosen = { readonly template: ChosenSystemTemplate | null };

export const mountImageStore = saga<{ storeId: number }>('addImageStore')
  .rows(
    'attaching',
    async ({ tx, input, settings }): Promise<Attaching> => {
      const { uuid, server, path, zoneId } = await tx.findOneByOrFail(ImageStore, { id: input.storeId });
      const hosts = await hostsToTry(tx, zoneId);
      if (hosts.length === 0) throw problem('invalid', 'no host is Up in the zone that could mount the storage: add a host first');
      return { uuid, server, path, hosts, systemVms: settings.get(systemVmsWanted, { scope: 'zone', id: zoneId }) };
    },
    async ({ tx, input }) => {
      await tx.delete(ImageStore, { id: input.storeId });
    },
  )
  .hosts(
    'mount',
    async ({ out, drivers, read }) => {
      const { hosts, mount } = placeOf(out.attaching);
      return onAnyHost(drivers, hosts, async (host) => {
        const { totalBytes, usedBytes } = await attachExport({ drivers, read }, [host], mount);
        return { hostId: host.id, totalBytes, usedBytes };
      });
    },
    async ({ out, drivers }) => {
      if (!out.attaching) return;
      const { hosts, mount } = placeOf(out.attaching);
      await detachExport(drivers, hosts, mount);
    },
  )
  .hosts('look', async ({ out, drivers, config }): Promise<Chosen> => {
    const { mount } = placeOf(out.attaching);
    if (!out.attaching.systemVms) return { template: null };
    return { template: await withMount(drivers, hostsFrom(out), mount, (host) => chooseSystemTemplate(host, mount, config)) };
  })
  .rows(
    'expected',
    async ({ tx, input, out, clock }) => {
      const { template } = out.look;
      if (!template) return { templateId: null };
      const { id: storeId, zoneId } = await tx.findOneByOrFail(ImageStore, { id: input.storeId });
      const hypervisor = hypervisorOf(out.attaching.hosts);
      const { id: templateId } = await expectSystemTemplate(tx, template, hypervisor, { storeId, zoneId }, clock.now());
      return { templateId };
    },
    async ({ tx, input, out }) => {
      if (out.expected?.templateId) await forgetSystemTemplate(tx, out.expected.templateId, input.storeId);
    },
  )
  .hosts(
    'systemTemplate',
    async ({ out, drivers }) => {
      const { mount } = placeOf(out.attaching);
      const { template } = out.look;
      if (!template) return { facts: null };
      return { facts: await withMount(drivers, hostsFrom(out), mount, (host) => bringSystemTemplate(host, mount, template)) };
    },
    async ({ out, drivers }) => {
      // What was there before stays there.
      if (!out.attaching || !out.look?.template?.source) return;
      const { hosts, mount } = placeOf(out.attaching);
      const file = { mount, path: systemTemplatePath(out.look.template) };
      await withMount(drivers, hosts, mount, ({ driver, address }) => driver.disks.remove(address, file));
    },
  )
  .rows('ready', async ({ tx, input, out }) => {
    await tx.update(ImageStore, { id: input.storeId }, { ready: true, totalBytes: out.mount.totalBytes, usedBytes: out.mount.usedBytes });
    if (out.expected.templateId !== null && out.systemTemplate.facts)
      await systemTemplateArrived(tx, out.expected.templateId, input.storeId, out.systemTemplate.facts);
  });

function placeOf({ hosts, uuid, server, path }: Attaching) {
  return { hosts, mount: { uuid, server, path } };
}

/** The host that mounted the storage comes first. */
function hostsFrom({
  attaching: { hosts },
  mount: { hostId },
}: {
  attaching: Attaching;
  mount: { hostId: number };
}): readonly WillingHost[] {
  return hosts.toSorted((a, b) => Number(b.id === hostId) - Number(a.id === hostId));
}

function withMount<T>(
  drivers: HostDrivers,
  hosts: readonly WillingHost[],
  mount: MountSpec,
  work: (host: HostConnection) => Promise<T>,
): Promise<T> {
  return onAnyHost(drivers, hosts, async (_host, connection) => {
    await connection.driver.mounts.ensure(connection.address, mount);
    return work(connection);
  });
}

/** In a zone that has real hosts the template is for them. */
function hypervisorOf(hosts: readonly WillingHost[]): string {
  return hosts.some(({ hypervisor }) => hypervisor === 'KVM') ? 'KVM' : 'Simulator';
}
