// deleteCluster
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { Cluster } from './cluster.entity.ts';
import { forgetSettings } from './forget-settings.ts';

export const deleteCluster = command({
  name: 'deleteCluster',
  about: 'Deletes an empty cluster.',
  roles: adminRoles,
  event: 'CLUSTER.DELETE',
  since: '1.0',
  params: { id: param.ref(Cluster, { required: true, access: 'operate', about: 'the cluster' }) },
  returns: success,
  async execute({ id: cluster }, { tx, settings }) {
    await tx.query('SELECT id FROM cluster WHERE id = ? FOR UPDATE', [cluster.id]);
    await refuseWhileUsed(tx, `cluster ${cluster.name}`, [
      { noun: ['host', 'hosts'], from: 'host h', name: 'h.name', where: 'h.cluster_id = ?', values: [cluster.id] },
      { noun: ['storage pool', 'storage pools'], from: 'storage_pool s', name: 's.name', where: 's.cluster_id = ?', values: [cluster.id] },
    ]);
    await forgetSettings(tx, settings, { scope: 'cluster', id: cluster.id });
    await tx.delete(Cluster, cluster.id);
  },
});
