// verifyInventory on the simulator: silent while all agrees, and each difference under its own check.
import type { Difference } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';

let cloud: Cloud;
let machine: Record<string, unknown>;

beforeAll(async () => {
  cloud = await startCloud();
  machine = await cloud.deploy({ name: 'web' });
});
afterAll(() => cloud.stop());

const verify = async () => (await cloud.server.admin.list('verifyInventory')) as unknown as Difference[];
const sql = (text: string, ...values: unknown[]) => cloud.server.dataSource.query(text, values);

/** What is found while something is wrong; afterwards all agrees again. */
async function foundWhile(spoil: () => unknown, repair: () => unknown): Promise<string[][]> {
  await spoil();
  const differences = await verify();
  await repair();
  expect(await verify()).toEqual([]);
  return differences.map(({ check, found }) => [check, found]);
}

describe('verifyInventory', () => {
  it('finds nothing in a cloud that is as it should be', async () => {
    expect(await verify()).toEqual([]);
    expect(await cloud.server.admin.call('verifyInventory')).toEqual({});
  });

  it('I1, I2: jobs of dead servers and states without jobs', async () => {
    const added = `INSERT INTO job (uuid, saga, command, request_id, account_id, domain_id, user_id, owner_account_id, subject_type, subject_id, subject_uuid, state, held_subject, claim, input, created)
      VALUES (UUID(), 'x', 'stopVirtualMachine', 'r', 1, 1, 1, 1, 'Nothing', 1, UUID(), 'Stuck', 'Nothing:1', 1, '{}', NOW(3))`;
    expect(
      await foundWhile(
        () => sql(added),
        () => sql("DELETE FROM job WHERE saga = 'x'"),
      ),
    ).toEqual([['I1.jobs', expect.stringContaining('resumeAsyncJob')]]);
    const state = (from: string, to: string) => sql('UPDATE volume SET state = ? WHERE state = ?', to, from);
    expect(
      await foundWhile(
        () => state('Ready', 'Creating'),
        () => state('Creating', 'Ready'),
      ),
    ).toEqual([['I2.states', 'no job']]);
  });

  it('I3: machines that nobody asked for', async () => {
    const [host] = await cloud.server.admin.list('listHosts', { id: cloud.zone.hostIds[0]! });
    const address = String(host!['ipaddress']);
    const uuid = '7d1f0c1e-6a43-4c54-9a0f-3f1f5d9b2a10';
    const found = await (async () => {
      cloud.fleet.outOfBand.startForeignMachine(address, 'their-vm', uuid);
      return verify();
    })();
    expect(found).toMatchObject([{ check: 'I3.machines', subject: `machine their-vm (${uuid})` }]);
    cloud.fleet.change({ do: 'stop', host: address, name: 'their-vm' });
    cloud.fleet.change({ do: 'forget', host: address, name: 'their-vm' });
    expect(await verify()).toEqual([]);
  });

  it('I4: files on primary storage that are missing, strange or changed', async () => {
    const pool = (await sql('SELECT uuid, server, path FROM storage_pool'))[0] as { uuid: string; server: string; path: string };
    const volume = (await sql('SELECT uuid FROM volume'))[0] as { uuid: string };
    const file = { mount: { ...pool }, path: `volumes/${volume.uuid}.qcow2` };
    const stranger = { mount: file.mount, path: 'volumes/stranger.qcow2' };
    const facts = cloud.fleet.exportOf(file.mount).files.get(file.path)!.facts;
    const { outOfBand } = cloud.fleet;
    expect(
      await foundWhile(
        () => outOfBand.writeFile(stranger, facts),
        () => outOfBand.deleteFile(stranger),
      ),
    ).toEqual([['I4.primary-files', 'a file that belongs to nothing']]);
    expect(
      await foundWhile(
        () => outOfBand.writeFile(file, { ...facts, virtualSizeBytes: 2 ** 20 }),
        () => outOfBand.writeFile(file, facts),
      ),
    ).toEqual([['I4.primary-files', `size ${2 ** 20} bytes`]]);
    expect(
      await foundWhile(
        () => outOfBand.deleteFile(file),
        () => outOfBand.writeFile(file, facts),
      ),
    ).toEqual([['I4.primary-files', 'missing']]);
  });

  it('I5, I7: addresses and capacity that are noted wrongly', async () => {
    const leaked = "UPDATE guest_address SET state = 'Allocated', nic_id = 4000000 WHERE state = 'Free' ORDER BY id DESC LIMIT 1";
    expect(
      await foundWhile(
        () => sql(leaked),
        () => sql("UPDATE guest_address SET state = 'Free', nic_id = NULL WHERE nic_id = 4000000"),
      ),
    ).toEqual([['I5.addresses', 'allocated to card 4000000, which is gone']]);
    const shift = (by: number) => sql('UPDATE host_capacity SET reserved_cpu_mhz = reserved_cpu_mhz + ? ORDER BY host_id LIMIT 1', by);
    expect(
      (
        await foundWhile(
          () => shift(7),
          () => shift(-7),
        )
      ).map(([check]) => check),
    ).toEqual(['I7.capacity']);
    const grow = (by: number) => sql('UPDATE storage_pool SET reserved_bytes = reserved_bytes + ?', by);
    expect(
      (
        await foundWhile(
          () => grow(512),
          () => grow(-512),
        )
      ).map(([check]) => check),
    ).toEqual(['I7.capacity']);
  });

  it('I7: a secret that outlived its machine', async () => {
    const found = await foundWhile(
      () => sql("INSERT INTO vm_password (vm_id, revision, sealed_password) VALUES (4000000, UUID(), 'x')"),
      () => sql('DELETE FROM vm_password WHERE vm_id = 4000000'),
    );
    expect(found).toEqual([['I7.leftovers', 'the virtual machine is gone']]);
  });

  it('I9: a mount that a host lost', async () => {
    const pool = (await sql('SELECT uuid FROM storage_pool'))[0] as { uuid: string };
    const idle = (
      await sql('SELECT id, uuid, address FROM host WHERE id NOT IN (SELECT host_id FROM virtual_machine WHERE host_id IS NOT NULL)')
    )[0] as { uuid: string; address: string };
    expect(
      await foundWhile(
        () => cloud.fleet.outOfBand.unmount(idle.address, pool.uuid),
        () => cloud.server.admin.run('reconnectHost', { id: idle.uuid }),
      ),
    ).toEqual([['I9.mounts', 'not mounted']]);
  });

  it('I10: files on secondary storage', async () => {
    const store = (await sql('SELECT uuid, server, path FROM image_store'))[0] as { uuid: string; server: string; path: string };
    const stranger = { mount: { ...store }, path: 'template/stranger.qcow2' };
    const facts = { format: 'qcow2' as const, virtualSizeBytes: 1, allocatedBytes: 1 };
    expect(
      await foundWhile(
        () => cloud.fleet.outOfBand.writeFile(stranger, facts),
        () => cloud.fleet.outOfBand.deleteFile(stranger),
      ),
    ).toEqual([['I10.secondary-files', 'a file that belongs to nothing']]);
  });

  it('agrees again when the machine is expunged', async () => {
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(machine['id']), expunge: true });
    expect(await verify()).toEqual([]);
  });
});
