// Fifty deploys at the same moment: nothing given twice, capacity exact, and with room for thirty exactly thirty machines (what must hold 3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, type Body, type Params } from './harness/api-client.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';

const query = <Row>(cloud: Cloud, sql: string) => cloud.server.dataSource.query<Row[]>(sql);

interface Outcome {
  readonly machines: readonly Body[];
  readonly refusals: readonly ApiError[];
}

/** Sends all requests before the first is answered, then follows the jobs of those taken. */
async function deployAtOnce(cloud: Cloud, count: number, params: Params = {}): Promise<Outcome> {
  const base = { zoneid: cloud.zone.zoneId, templateid: cloud.templateId, serviceofferingid: cloud.offeringId, ...params };
  const replies = await Promise.allSettled(Array.from({ length: count }, () => cloud.server.admin.call('deployVirtualMachine', base)));
  const refusals = replies.flatMap((reply) => {
    if (reply.status === 'fulfilled') return [];
    if (reply.reason instanceof ApiError) return [reply.reason];
    throw reply.reason as Error;
  });
  const taken = replies.flatMap((reply) => (reply.status === 'fulfilled' ? [reply.value] : []));
  const machines = await Promise.all(taken.map(({ jobid }) => cloud.server.admin.result(String(jobid))));
  return { machines, refusals };
}

interface CapacityRow {
  readonly host: string;
  readonly reservedCpu: number;
  readonly reservedMemory: number;
  readonly totalCpu: number;
  readonly totalMemory: number;
  readonly usedCpu: number;
  readonly usedMemory: number;
}

/** What is reserved on each host, beside the sum over the machines on it. */
const capacities = (cloud: Cloud) =>
  query<CapacityRow>(
    cloud,
    `SELECT h.name AS host, c.reserved_cpu_mhz AS reservedCpu, c.reserved_memory_mib AS reservedMemory, c.cpu_cores * c.cpu_mhz AS totalCpu, c.memory_mib AS totalMemory,
       CAST(COALESCE(SUM(v.cpu_count * v.cpu_mhz), 0) AS INT) AS usedCpu, CAST(COALESCE(SUM(v.memory_mib), 0) AS INT) AS usedMemory
     FROM host h JOIN host_capacity c ON c.host_id = h.id LEFT JOIN virtual_machine v ON v.host_id = h.id GROUP BY h.id`,
  );

async function expectExactCapacity(cloud: Cloud): Promise<void> {
  for (const row of await capacities(cloud)) {
    expect({ host: row.host, cpu: row.reservedCpu, memory: row.reservedMemory }).toEqual({
      host: row.host,
      cpu: row.usedCpu,
      memory: row.usedMemory,
    });
    expect(row.reservedCpu, row.host).toBeLessThanOrEqual(row.totalCpu);
    expect(row.reservedMemory, row.host).toBeLessThanOrEqual(row.totalMemory);
  }
  const [pool] = await query<{ reserved: number; volumes: number; copies: number }>(
    cloud,
    `SELECT (SELECT SUM(reserved_bytes) FROM storage_pool) AS reserved, (SELECT SUM(size_bytes) FROM volume WHERE pool_id IS NOT NULL) AS volumes,
       (SELECT SUM(t.virtual_size_bytes) FROM template_copy c JOIN template t ON t.id = c.template_id WHERE c.store_kind = 'primary') AS copies`,
  );
  // The template is in the pool once, however many machines waited for it.
  expect(pool!.reserved).toBe(pool!.volumes + pool!.copies);
}

/** Machines that run on the simulated hosts. */
async function machinesOnHosts(cloud: Cloud): Promise<string[]> {
  cloud.fleet.catchUp();
  const hosts = await query<{ address: string }>(cloud, 'SELECT address FROM host');
  return hosts.flatMap(({ address }) => [...(cloud.fleet.findHost(address)?.machines?.values() ?? [])].map(({ name }) => name));
}

const different = (values: readonly unknown[]) => new Set(values).size;

describe('with room for all', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ hosts: 4 });
  });
  afterAll(() => cloud.stop());

  it('50 deploys at once give 50 machines with names, MACs and addresses of their own', async () => {
    const { machines, refusals } = await deployAtOnce(cloud, 50);
    expect(refusals).toEqual([]);
    expect(machines.map(({ state }) => state)).toEqual(Array(50).fill('Running'));
    const nics = machines.map(({ nic }) => (nic as Body[])[0]!);
    expect(
      [
        machines.map(({ name }) => name),
        machines.map(({ instancename }) => instancename),
        nics.map(({ macaddress }) => macaddress),
        nics.map(({ ipaddress }) => ipaddress),
      ].map(different),
    ).toEqual([50, 50, 50, 50]);
    expect((await machinesOnHosts(cloud)).sort()).toEqual(machines.map(({ instancename }) => String(instancename)).sort());
    await expectExactCapacity(cloud);
    expect((await capacities(cloud)).reduce((sum, { reservedMemory }) => sum + reservedMemory, 0)).toBe(50 * 256);
    expect(
      await query(cloud, "SELECT COUNT(*) AS taken, COUNT(DISTINCT nic_id) AS nics FROM guest_address WHERE state = 'Allocated'"),
    ).toEqual([{ taken: 50, nics: 50 }]);
  });

  it('50 of one name give one machine, the others learn that the name is taken', async () => {
    const { machines, refusals } = await deployAtOnce(cloud, 50, { name: 'only-one' });
    expect(machines).toHaveLength(1);
    expect(different(refusals.map(({ code, text }) => `${code} ${text}`))).toBe(1);
    expect(refusals[0]).toMatchObject({ code: 431, text: expect.stringContaining('only-one exists already') as string });
    await expectExactCapacity(cloud);
  });

  it('destroyed at once, they leave nothing behind', async () => {
    const machines = await cloud.server.admin.list('listVirtualMachines', { listall: true });
    await Promise.all(machines.map(({ id }) => cloud.server.admin.run('destroyVirtualMachine', { id: String(id), expunge: true })));
    expect(await machinesOnHosts(cloud)).toEqual([]);
    expect((await capacities(cloud)).map(({ reservedCpu, reservedMemory }) => reservedCpu + reservedMemory)).toEqual([0, 0, 0, 0]);
    expect(await query(cloud, "SELECT COUNT(*) AS taken FROM guest_address WHERE state = 'Allocated'")).toEqual([{ taken: 0 }]);
  });
});

describe('with room for 30', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ hosts: 2 });
  });
  afterAll(() => cloud.stop());

  it('exactly 30 of 50 succeed; 20 get error 533 with the reasons in words', async () => {
    const kept = 1024;
    const [host] = await query<{ memoryMib: number }>(cloud, `SELECT MIN(memory_mib) - ${kept} AS memoryMib FROM host_capacity`);
    const reply = await cloud.server.admin.call('createServiceOffering', {
      name: 'fifteenth',
      displaytext: 'a fifteenth of a host',
      cpunumber: 1,
      cpuspeed: 100,
      memory: Math.floor(host!.memoryMib / 15),
    });
    const offeringId = String((reply['serviceoffering'] as Body)['id']);
    const { machines, refusals } = await deployAtOnce(cloud, 50, { serviceofferingid: offeringId });
    expect(machines.map(({ state }) => state)).toEqual(Array(30).fill('Running'));
    expect(refusals.map(({ code, envelope }) => `${code} ${envelope}`)).toEqual(Array(20).fill('533 deployvirtualmachineresponse'));
    for (const { text } of refusals)
      expect(text).toMatch(/^no host can take this machine \(1 CPU of 100 MHz, \d+ MiB of memory, 0\.1 GiB of disk\): sim-.*memory/);
    await expectExactCapacity(cloud);
    expect(
      (await capacities(cloud)).map(
        ({ reservedMemory, totalMemory }) => totalMemory - kept - reservedMemory < Math.floor(host!.memoryMib / 15),
      ),
    ).toEqual([true, true]);
    // Nothing of those refused is left.
    expect(
      await query(
        cloud,
        'SELECT (SELECT COUNT(*) FROM virtual_machine) AS machines, (SELECT COUNT(*) FROM volume) AS volumes, (SELECT COUNT(*) FROM nic) AS nics',
      ),
    ).toEqual([{ machines: 30, volumes: 30, nics: 30 }]);
    expect(await machinesOnHosts(cloud)).toHaveLength(30);
  });
});

describe('with addresses for 10', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ hosts: 2, guestAddresses: 10 });
  });
  afterAll(() => cloud.stop());

  it('exactly 10 of 20 succeed and reserve capacity', async () => {
    const { machines, refusals } = await deployAtOnce(cloud, 20);
    expect(machines).toHaveLength(10);
    expect(refusals.map(({ code }) => code)).toEqual(Array(10).fill(533));
    expect(refusals[0]!.text).toMatch(/address/);
    await expectExactCapacity(cloud);
    expect((await capacities(cloud)).reduce((sum, { reservedMemory }) => sum + reservedMemory, 0)).toBe(10 * 256);
  });
});
