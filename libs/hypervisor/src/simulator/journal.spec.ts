// The journal brings the simulated world back after the process is gone, however it went.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectFailure } from '../conformance/rig.ts';
import type { MachineSpec } from '../specs.ts';
import { SimulatedFleet } from './simulated-fleet.ts';
import { SimulatorDriver } from './simulator-driver.ts';
import { diskless, hostAt, mountOf } from './test-hosts.ts';

const host = hostAt('sim-1-unpinned.rack.test');
const guests = hostAt('sim-2-guests.rack.test');
const mount = mountOf('/export');
const file = { mount, path: 'volumes/a.qcow2' };
const machine: MachineSpec = { ...diskless('m'), disks: [{ file, format: 'qcow2', deviceId: 0 }] };

describe('journal', () => {
  let scratch = '';
  let journalPath = '';
  let count = 0;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'strata-journal-'));
  });
  beforeEach(() => {
    journalPath = join(scratch, `fleet-${(count += 1)}`, 'fleet.journal');
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  const open = (compactAboveBytes?: number): { fleet: SimulatedFleet; driver: SimulatorDriver } => {
    const fleet = new SimulatedFleet({ journalPath, silenceMs: 5, ...(compactAboveBytes !== undefined && { compactAboveBytes }) });
    return { fleet, driver: new SimulatorDriver(fleet) };
  };

  /** All that a driver can see of the hosts that the tests use. */
  const look = async ({ driver }: { driver: SimulatorDriver }): Promise<unknown> =>
    Promise.all([
      ...[host, guests].flatMap((at) => [driver.inspectHost(at), driver.listMachines(at), driver.mounts.list(at)]),
      driver.disks.list(host, mount, ''),
      driver.disks.inspect(host, file),
      driver.mounts.ensure(host, mount),
      driver.readSerialLog(host, 'm', 10_000),
    ]);

  const furnish = async ({ fleet, driver }: { fleet: SimulatedFleet; driver: SimulatorDriver }): Promise<void> => {
    await driver.mounts.ensure(host, mount);
    await driver.networks.ensureBridge(host, 'cloudbr0');
    await driver.disks.createEmpty(host, file, 2 ** 30);
    await driver.startMachine(host, machine);
    for (let round = 0; round < 20; round++) await driver.rebootMachine(host, machine.name);
    await driver.stopMachine(guests, 'foreign-web', 'forced', 10);
    await driver.removeMachine(guests, 'foreign-db');
    fleet.setSize(guests.address, { cpuCores: 2, cpuMhz: 1_000, memoryMib: 1_024 });
  };

  it.each([
    ['as written', undefined],
    ['compacted', 0],
  ])('brings everything back, %s', async (_, compactAboveBytes) => {
    const before = open();
    await furnish(before);
    before.fleet.fail('*', 'pingHost', { kind: 'busy' }, 2);
    before.fleet.setNfsServer('sim-nfs9', 'down');
    before.fleet.setPower('sim-9.rack.test', 'unreachable');
    await expectFailure(before.driver.pingHost(host), 'busy');
    const seen = await look(before);
    before.fleet.close();
    const sizeBefore = statSync(journalPath).size;
    const after = open(compactAboveBytes);
    expect(statSync(journalPath).size < sizeBefore).toBe(compactAboveBytes === 0);
    expect(await look(after)).toEqual(seen);
    await expectFailure(after.driver.pingHost(host), 'busy');
    await after.driver.pingHost(host);
    await expectFailure(after.driver.pingHost(hostAt('sim-9.rack.test')), 'unreachable', 'timedOut');
    await expectFailure(after.driver.mounts.ensure(host, mountOf('/export', 'sim-nfs9')), 'unreachable', 'timedOut');
    await expectFailure(after.driver.startMachine(host, { ...machine, ...diskless('other'), disks: machine.disks }), 'busy');
    after.fleet.close();
    const again = open(compactAboveBytes);
    expect(await look(again)).toEqual(seen);
    again.fleet.close();
  });

  it('gets smaller when it is compacted, and stays right for who has it open', async () => {
    const first = open();
    await furnish(first);
    for (let round = 0; round < 200; round++) await first.driver.rebootMachine(host, machine.name);
    const size = statSync(journalPath).size;
    const second = open(0);
    expect(statSync(journalPath).size).toBeLessThan(size / 4);
    await second.driver.stopMachine(host, machine.name, 'forced', 10);
    expect(await first.driver.listMachines(host)).toEqual([]);
    await first.driver.startMachine(host, machine);
    expect(await look(second)).toEqual(await look(first));
    first.fleet.close();
    second.fleet.close();
  });

  it('F01 loses at most the line that a crash tore, wherever it was torn', async () => {
    const before = open();
    await furnish(before);
    before.fleet.close();
    const whole = readFileSync(journalPath);
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (const cut of [lastLine, lastLine + 1, lastLine + 20, whole.length - 1]) {
      truncateSync(journalPath, cut);
      const after = open();
      expect(after.fleet.skippedLines).toBe(cut === lastLine || cut === whole.length - 1 ? 0 : 1);
      expect((await after.driver.inspectHost(guests)).cpuCores).toBe(cut === whole.length - 1 ? 2 : 16);
      expect(await after.driver.listMachines(host)).toHaveLength(1);
      after.fleet.setSize(guests.address, { cpuCores: 3, cpuMhz: 1_000, memoryMib: 1_024 });
      after.fleet.close();
      const later = open();
      expect((await later.driver.inspectHost(guests)).cpuCores).toBe(3);
      later.fleet.close();
      rmSync(journalPath);
      appendFileSync(journalPath, whole);
    }
  });

  it('takes lines that another process appends, and skips what is no record', async () => {
    const { fleet, driver } = open();
    await driver.startMachine(host, diskless('theirs'));
    appendFileSync(journalPath, `{"do":"stop","host":"${host.address}","name":"theirs"}\n{"do":"power"}\nnot JSON\n{"do":"unheard-of"}\n`);
    expect(await driver.listMachines(host)).toEqual([]);
    expect(fleet.skippedLines).toBe(3);
    appendFileSync(journalPath, `{"do":"fault","host":"*","method":"pingHost",`);
    await driver.pingHost(host);
    appendFileSync(journalPath, `"kind":"unreachable","reason":"connectionRefused","when":"before","times":1}\n`);
    await expectFailure(driver.pingHost(host), 'unreachable', 'connectionRefused');
    await driver.pingHost(host);
    fleet.close();
  });

  it('keeps two servers on one journal in step', async () => {
    const [one, two] = [open(), open()];
    for (let round = 0; round < 20; round++) {
      await one.driver.startMachine(host, diskless(`one-${round}`));
      await two.driver.startMachine(host, diskless(`two-${round}`));
    }
    expect(await one.driver.listMachines(host)).toHaveLength(40);
    expect(await two.driver.listMachines(host)).toEqual(await one.driver.listMachines(host));
    one.fleet.close();
    two.fleet.close();
  });

  it('F01 keeps every machine whose start was answered before a kill -9', async () => {
    const source = `
      import { SimulatedFleet } from ${JSON.stringify(new URL('./simulated-fleet.ts', import.meta.url).href)};
      import { SimulatorDriver } from ${JSON.stringify(new URL('./simulator-driver.ts', import.meta.url).href)};
      import { diskless, hostAt } from ${JSON.stringify(new URL('./test-hosts.ts', import.meta.url).href)};
      const driver = new SimulatorDriver(new SimulatedFleet({ journalPath: ${JSON.stringify(journalPath)} }));
      for (let n = 0; ; n++) {
        await driver.startMachine(hostAt('sim-1-unpinned.rack.test'), diskless('m-' + n));
        process.stdout.write('m-' + n + '\\n');
        if (n % 50 === 0) await new Promise(setImmediate);
      }`;
    const child = spawn(process.execPath, ['--conditions=@strata/source', '--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let answered = '';
    child.stdout.on('data', (chunk: Buffer) => {
      answered += chunk.toString();
      if (answered.length > 2_000) child.kill('SIGKILL');
    });
    await new Promise((done) => child.on('close', done));
    const names = answered.split('\n').slice(0, -1);
    expect(names.length).toBeGreaterThan(100);
    const { fleet, driver } = open();
    const running = new Set((await driver.listMachines(host)).map((report) => report.name));
    expect(names.filter((name) => !running.has(name))).toEqual([]);
    fleet.close();
  });
});
