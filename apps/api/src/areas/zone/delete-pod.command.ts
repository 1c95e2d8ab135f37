// deletePod
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { Pod } from './pod.entity.ts';

export const deletePod = command({
  name: 'deletePod',
  about: 'Deletes an empty pod.',
  roles: adminRoles,
  event: 'POD.DELETE',
  since: '1.0',
  params: { id: param.ref(Pod, { required: true, access: 'operate', about: 'the pod' }) },
  returns: success,
  async execute({ id: pod }, { tx }) {
    // Ranges are added under the zone's lock, clusters under the pod's.
    await tx.query('SELECT p.id FROM zone z JOIN pod p ON p.zone_id = z.id WHERE p.id = ? FOR UPDATE', [pod.id]);
    const values = [pod.id];
    await refuseWhileUsed(tx, `pod ${pod.name}`, [
      { noun: ['cluster', 'clusters'], from: 'cluster c', name: 'c.name', where: 'c.pod_id = ?', values },
      { noun: ['host', 'hosts'], from: 'host h', name: 'h.name', where: 'h.pod_id = ?', values },
      {
        noun: ['system machine', 'system machines'],
        from: 'system_vm s',
        name: "CONCAT(s.kind, ' ', s.id)",
        where: 's.pod_id = ?',
        values,
      },
      { noun: ['storage pool', 'storage pools'], from: 'storage_pool s', name: 's.name', where: 's.pod_id = ?', values },
      {
        noun: ['guest range', 'guest ranges'],
        from: 'vlan_ip_range r',
        name: "CONCAT(r.start_ip, '-', r.end_ip)",
        where: 'r.pod_id = ?',
        values,
      },
      {
        noun: ['storage range', 'storage ranges'],
        from: 'storage_ip_range r',
        name: "CONCAT(r.start_ip, '-', r.end_ip)",
        where: 'r.pod_id = ?',
        values,
      },
    ]);
    await tx.delete(Pod, pod.id);
  },
});
