// Rows in states that only a job leads out of.
import type { TransitionalRow } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { hasJob } from './read-jobs.ts';

const machineOfVolume = `EXISTS (SELECT 1 FROM virtual_machine vm WHERE vm.id = v.vm_id AND ${hasJob('VirtualMachine', 'vm.uuid')})`;
/** A pool gets its copy by the deploy that needs it first. */
const machineOfCopy = `(EXISTS (SELECT 1 FROM virtual_machine vm WHERE c.template_id IN (vm.template_id, vm.iso_id) AND ${hasJob('VirtualMachine', 'vm.uuid')})
  OR EXISTS (SELECT 1 FROM system_vm s WHERE s.template_id = c.template_id AND ${hasJob('SystemVm', 's.uuid')}))`;

/** What is on its way into secondary storage: the reconciler sees to it. */
const transferOf = (type: string, id: string) =>
  `EXISTS (SELECT 1 FROM store_transfer x WHERE x.subject_type = '${type}' AND x.subject_id = ${id})`;

const parts: readonly string[] = [
  `SELECT CONCAT('virtual machine ', vm.name) AS subject, vm.state, ${hasJob('VirtualMachine', 'vm.uuid')} AS hasJob
   FROM virtual_machine vm WHERE vm.state IN ('Starting', 'Stopping', 'Migrating', 'Expunging')`,
  `SELECT CONCAT(s.kind, ' ', s.id), s.state, ${hasJob('SystemVm', 's.uuid')} FROM system_vm s WHERE s.state IN ('Starting', 'Stopping', 'Migrating')`,
  `SELECT CONCAT('volume ', v.name), v.state, ${hasJob('Volume', 'v.uuid')} OR ${machineOfVolume} FROM volume v WHERE v.state IN ('Creating', 'Expunging', 'Expunged')`,
  `SELECT CONCAT('volume ', v.name), v.state, ${transferOf('Volume', 'v.id')} FROM volume v WHERE v.state IN ('NotUploaded', 'UploadInProgress', 'UploadOp')`,
  `SELECT CONCAT('host ', h.name), IF(h.ready, h.state, 'being added or removed'), ${hasJob('Host', 'h.uuid')} FROM host h WHERE NOT h.ready OR h.state IN ('Creating', 'Connecting', 'Removed')`,
  `SELECT CONCAT('primary storage ', p.name), p.state, ${hasJob('StoragePool', 'p.uuid')} FROM storage_pool p
   WHERE p.state NOT IN ('Up', 'Disabled', 'Maintenance')`,
  `SELECT CONCAT('secondary storage nfs://', s.server, s.path), 'being added or removed', ${hasJob('ImageStore', 's.uuid')} FROM image_store s WHERE NOT s.ready`,
  `SELECT CONCAT('copy of template ', t.name, ' in ', c.store_kind, ' storage ', c.store_id), c.state, ${hasJob('Template', 't.uuid')} OR ${hasJob('Iso', 't.uuid')} OR ${machineOfCopy} OR ${transferOf('TemplateCopy', 'c.id')}
   FROM template_copy c JOIN template t ON t.id = c.template_id WHERE c.state IN ('Allocated', 'Creating', 'Destroying', 'Destroyed')`,
  `SELECT CONCAT('login ', l.id, ' as ', l.username), 'kept', EXISTS (SELECT 1 FROM job j WHERE j.state IN ('Queued', 'Running', 'Stuck') AND j.saga IN ('addHost', 'runDoctor')) FROM host_login l`,
];

/** One statement: the first part names the columns. */
export async function readTransitional(read: EntityManager): Promise<TransitionalRow[]> {
  const rows = await read.query<(Omit<TransitionalRow, 'hasJob'> & { hasJob: 0 | 1 })[]>(parts.join(' UNION ALL '));
  return rows.map((row) => ({ ...row, hasJob: Boolean(row.hasJob) }));
}
