// deleteZone
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { removeNetworksOfZone } from '../network/remove-networks-of-zone.ts';
import { forgetSettings } from './forget-settings.ts';
import { lockZone } from './zone-parameters.ts';
import { Zone } from './zone.entity.ts';

export const deleteZone = command({
  name: 'deleteZone',
  about: 'Deletes an empty zone together with its physical networks and the networks that nobody uses.',
  roles: adminRoles,
  event: 'ZONE.DELETE',
  since: '1.0',
  params: { id: param.ref(Zone, { required: true, access: 'operate', about: 'the zone' }) },
  returns: success,
  async execute({ id: zone }, { tx, settings }) {
    await lockZone(tx, zone);
    const values = [zone.id];
    await refuseWhileUsed(tx, `zone ${zone.name}`, [
      { noun: ['pod', 'pods'], from: 'pod p', name: 'p.name', where: 'p.zone_id = ?', values },
      { noun: ['host', 'hosts'], from: 'host h', name: 'h.name', where: 'h.zone_id = ?', values },
      { noun: ['virtual machine', 'virtual machines'], from: 'virtual_machine v', name: 'v.name', where: 'v.zone_id = ?', values },
      {
        noun: ['system machine', 'system machines'],
        from: 'system_vm s',
        name: "CONCAT(s.kind, ' ', s.id)",
        where: 's.zone_id = ?',
        values,
      },
      { noun: ['volume', 'volumes'], from: 'volume o', name: 'o.name', where: 'o.zone_id = ?', values },
      { noun: ['storage pool', 'storage pools'], from: 'storage_pool s', name: 's.name', where: 's.zone_id = ?', values },
      { noun: ['image store', 'image stores'], from: 'image_store i', name: 'i.name', where: 'i.zone_id = ?', values },
      { noun: ['address range', 'address ranges'], from: 'vlan_ip_range r', name: 'r.start_ip', where: 'r.zone_id = ?', values },
      {
        noun: ['network of an account', 'networks of accounts'],
        from: 'network n',
        name: 'n.name',
        where: "n.zone_id = ? AND n.acl_type = 'Account'",
        values,
      },
    ]);
    await removeNetworksOfZone(tx, zone.id);
    await forgetSettings(tx, settings, { scope: 'zone', id: zone.id });
    await tx.delete(Zone, zone.id);
  },
});
