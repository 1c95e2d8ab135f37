// Removes the rows of a machine and gives back all that they held: room on hosts and pools, addresses.
import type { EntityManager } from 'typeorm';
import { releaseAddressesOf } from '../network/guest-addresses.ts';
import { Volume } from '../volume/volume.entity.ts';
import { releaseHostCapacity } from './place-machine.ts';
import { Nic, VirtualMachine } from './virtual-machine.entity.ts';

/** Machine gone already: fine. Volumes that are still the machine's go with it. */
export async function forgetMachine(tx: EntityManager, vmId: number): Promise<void> {
  const vm = await tx.findOneBy(VirtualMachine, { id: vmId });
  if (!vm) return;
  if (vm.hostId !== null) await releaseHostCapacity(tx, vm.hostId, vm);
  await releaseAddressesOf(tx, vmId);
  await tx.query(
    `UPDATE storage_pool p JOIN (SELECT pool_id, SUM(size_bytes) AS bytes FROM volume WHERE vm_id = ? AND pool_id IS NOT NULL GROUP BY pool_id) v
       ON v.pool_id = p.id SET p.reserved_bytes = p.reserved_bytes - v.bytes`,
    [vmId],
  );
  await tx.delete(Nic, { vmId });
  await tx.delete(Volume, { vmId });
  await tx.query(
    `DELETE u, k, p, g FROM virtual_machine vm LEFT JOIN vm_user_data u ON u.vm_id = vm.id LEFT JOIN vm_ssh_key k ON k.vm_id = vm.id
       LEFT JOIN vm_password p ON p.vm_id = vm.id LEFT JOIN vm_security_group g ON g.vm_id = vm.id WHERE vm.id = ?`,
    [vmId],
  );
  await tx.delete(VirtualMachine, { id: vmId });
}
