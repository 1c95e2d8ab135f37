// listHosts
import { problem } from '@strata/domain';
import type { Command } from '../../kernel/command/command.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import type { Where } from '../../kernel/command/source.ts';
import { markTargets, restrictToTargets } from '../vm/migration-targets.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { hostSource, hostView, secondaryStorageSource, withFactors } from './host.view.ts';

const params = {
  id: param.uuid({ about: 'only this host' }),
  name: param.string({ about: 'only hosts of this name' }),
  type: param.string({ about: 'Routing: hosts that run machines, as without it; SecondaryStorage: image stores' }),
  state: param.string({ about: 'only hosts in this state' }),
  resourcestate: param.string({ about: 'only hosts in this resource state' }),
  zoneid: param.ref(Zone, { access: 'see', about: 'only hosts of this zone' }),
  podid: param.ref(Pod, { access: 'see', about: 'only hosts of this pod' }),
  clusterid: param.ref(Cluster, { access: 'see', about: 'only hosts of this cluster' }),
  hypervisor: param.string({ about: 'only hosts of this hypervisor' }),
  arch: param.string({ about: 'only hosts of this processor architecture' }),
  virtualmachineid: param.ref(VirtualMachine, {
    access: 'see',
    about: 'only hosts that this machine could move to, and whether they can take it',
  }),
  details: param.strings({ about: 'for other servers: everything is always answered' }),
};

const common = {
  name: 'listHosts',
  about: 'Lists hosts.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params,
  returns: hostView,
} as const;

/** By uuid, or by the small number that older clients send. */
function addId(where: Where, alias: string, id: string | undefined): void {
  if (id === undefined) return;
  if (/^\d+$/.test(id)) where.equals(`${alias}.id`, Number(id));
  else where.equals(`${alias}.uuid`, id);
}

const hypervisorHosts = listCommand({
  ...common,
  source: hostSource,
  keyword: ['h.name', 'h.address'],
  where(args, where) {
    addId(where, 'h', args.id);
    where
      .equals('h.name', args.name)
      .equals('LOWER(h.state)', args.state?.toLowerCase())
      .equals('LOWER(h.resource_state)', args.resourcestate?.toLowerCase())
      .equals('h.zone_id', args.zoneid?.id)
      .equals('h.pod_id', args.podid?.id)
      .equals('h.cluster_id', args.clusterid?.id)
      .equals('LOWER(h.hypervisor)', args.hypervisor?.toLowerCase())
      .equals('h.arch', args.arch);
    if (args.virtualmachineid) restrictToTargets(where, args.virtualmachineid);
  },
  async finish(hosts, { virtualmachineid: vm }, { tx, settings }) {
    withFactors(hosts, settings);
    if (vm) await markTargets(tx, settings, vm, hosts);
  },
});

const secondaryStorage = listCommand({
  ...common,
  source: secondaryStorageSource,
  keyword: ['s.name', 's.server', 's.path'],
  where(args, where) {
    addId(where, 's', args.id);
    where.equals("CONCAT('nfs://', s.server, s.path)", args.name).equals('s.zone_id', args.zoneid?.id);
    if (args.state !== undefined) where.and("IF(s.ready, 'up', 'connecting') = ?", args.state.toLowerCase());
    if (args.podid || args.clusterid || args.hypervisor) where.and('FALSE');
  },
});

/** Kinds of hosts that other servers have: machines of the system's own, which list nothing here. */
const otherTypes = [
  'secondarystoragevm',
  'consoleproxy',
  'storage',
  'l2networking',
  'externaldhcp',
  'baremetaldhcp',
  'baremetalpxe',
  'externalfirewall',
  'externalloadbalancer',
  'trafficmonitor',
];

type ListArgs = { readonly id?: string; readonly type?: string };

export const listHosts: Command = {
  ...hypervisorHosts,
  async execute(args: never, ctx, raw) {
    const { id, type = 'Routing' } = args as ListArgs;
    const lists = new Map([
      ['routing', hypervisorHosts],
      ['secondarystorage', secondaryStorage],
    ]);
    const list = lists.get(type.toLowerCase());
    if (!list && otherTypes.includes(type.toLowerCase())) return { rows: [], count: 0 };
    if (!list) throw problem('invalid', `parameter type has the value "${type.slice(0, 80)}": Routing or SecondaryStorage is expected`);
    const result = (await list.execute(args, ctx, raw)) as { count: number };
    if (id !== undefined && result.count === 0)
      await assertExists(id, () =>
        ctx.tx.query('SELECT id FROM host WHERE uuid = ? UNION ALL SELECT id FROM image_store WHERE uuid = ?', [id, id]),
      );
    return result;
  },
};

/** An id that names nothing is refused as everywhere; one that other conditions excluded gives an empty list. */
async function assertExists(id: string, find: () => Promise<unknown[]>): Promise<void> {
  if (/^\d+$/.test(id) || (await find()).length === 0) throw noSuchEntity('id', id);
}
