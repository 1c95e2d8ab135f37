// What the fleet promises beside the driver contract: rules, faults, latency, an operator's hands.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectFailure } from '../conformance/rig.ts';
import { hostTraits } from './host-rules.ts';
import { SimulatedFleet } from './simulated-fleet.ts';
import { bootLog } from './simulated-host.ts';
import { SimulatorDriver } from './simulator-driver.ts';
import { diskless, hostAt, mountOf } from './test-hosts.ts';

const host = hostAt('sim-1.rack.test');

function rig(): { fleet: SimulatedFleet; driver: SimulatorDriver } {
  const fleet = new SimulatedFleet({ silenceMs: 5 });
  return { fleet, driver: new SimulatorDriver(fleet) };
}

describe('hosts by rule', () => {
  it('has every host of the name pattern and of the network, and no other', async () => {
    const { driver } = rig();
    for (const address of ['sim-0.a', 'sim-9999.rack.example.test', 'SIM-4.rack.test', '198.18.0.1', '198.19.255.254'])
      await driver.pingHost(hostAt(address));
    for (const address of ['sim-1', 'sim-x.rack.test', 'sim-1-misspelt.rack.test', 'kvm1.rack.test']) {
      await expectFailure(driver.pingHost(hostAt(address)), 'unreachable', 'nameNotResolved');
    }
    await expectFailure(driver.pingHost(hostAt('192.0.2.1')), 'unreachable', 'timedOut');
  });

  it('gives the default size, a size by name and a size by call', async () => {
    const { driver, fleet } = rig();
    const sizeOf = async (address: string): Promise<number[]> => {
      const facts = await driver.inspectHost(hostAt(address));
      return [facts.cpuCores, facts.cpuMhz, facts.memoryMib];
    };
    expect(await sizeOf('sim-1.rack.test')).toEqual([16, 2_600, 65_536]);
    expect(await sizeOf('sim-2-4c-8g.rack.test')).toEqual([4, 2_600, 8_192]);
    fleet.setSize('sim-1.rack.test', { cpuCores: 2, cpuMhz: 1_000, memoryMib: 512 });
    expect(await sizeOf('sim-1.rack.test')).toEqual([2, 1_000, 512]);
  });

  it('names an address of the network in full', async () => {
    const facts = await rig().driver.inspectHost(hostAt('198.18.0.7'));
    expect(facts).toMatchObject({ fqdn: 'sim-198-18-0-7.simulated.test', hostname: 'sim-198-18-0-7' });
  });

  it.each([
    ['nolibvirt', { libvirtVersion: null }],
    ['oldlibvirt', { libvirtVersion: '1.2.9' }],
    ['noqemu', { qemuVersion: null }],
    ['novt', { hardwareVirtualisation: false }],
    ['arm', { arch: 'aarch64' }],
    ['nobridge', { bridges: [] }],
    ['unpinned', { bridges: [{ name: 'cloudbr0', macPinned: false, ports: ['eth0'] }] }],
    ['clock', { clockOffsetMs: 180_000, timeSyncActive: false }],
    ['nonfs', { hasNfsClient: false }],
    ['nofqdn', { fqdn: null }],
    ['dhcp', { usesDhcp: true }],
    ['notroot', { isRoot: false }],
    [
      'guests',
      {
        machines: [
          { name: 'foreign-web', running: true },
          { name: 'foreign-db', running: false },
        ],
      },
    ],
  ])('shows the trait %s in the facts and nothing else', async (trait, expected) => {
    const { driver } = rig();
    const plain = await driver.inspectHost(hostAt('sim-1.rack.test'));
    const odd = await driver.inspectHost(hostAt(`sim-1-${trait}.rack.test`));
    expect(plain).not.toMatchObject(expected);
    expect(odd).toMatchObject(expected);
    const named = { fqdn: odd.fqdn === null ? null : plain.fqdn, hostname: plain.hostname, hostKeySha256: plain.hostKeySha256 };
    const cpuModel = trait === 'arm' ? odd.cpuModel : plain.cpuModel;
    expect({ ...odd, ...named }).toEqual({ ...plain, cpuModel, ...expected });
  });

  it('closes the port of a closed host and never hears from a silent one', async () => {
    const { driver } = rig();
    await expectFailure(driver.inspectHost(hostAt('sim-1-closed.rack.test')), 'unreachable', 'connectionRefused');
    await expectFailure(driver.inspectHost(hostAt('sim-1-silent.rack.test')), 'unreachable', 'timedOut');
  });

  it('combines traits and knows each of them', async () => {
    const { fleet, driver } = rig();
    expect(await driver.inspectHost(hostAt('sim-3-clock-nonfs-2c.rack.test'))).toMatchObject({
      cpuCores: 2,
      hasNfsClient: false,
      timeSyncActive: false,
    });
    for (const trait of hostTraits) expect(fleet.findHost(`sim-1-${trait}.rack.test`)?.profile.traits).toEqual(new Set([trait]));
  });

  it('does without the hypervisor what a host without it can do', async () => {
    const { driver } = rig();
    const bare = hostAt('sim-1-nolibvirt.rack.test');
    await expectFailure(driver.pingHost(bare), 'unsupported');
    await expectFailure(driver.startMachine(bare, diskless('m')), 'unsupported');
    await expectFailure(driver.startMachine(hostAt('sim-1-novt.rack.test'), diskless('m')), 'unsupported');
    await driver.startMachine(hostAt('sim-1-novt.rack.test'), { ...diskless('m'), virtualisation: 'emulated' });
    await expectFailure(driver.mounts.ensure(hostAt('sim-1-nonfs.rack.test'), mountOf('/export')), 'unsupported');
  });
});

describe('exports by rule', () => {
  it.each([
    ['sim-nfs1.rack.test', '/export/missing', { mount: 'missing', write: null }],
    ['sim-nfs1.rack.test', '/denied/a', { mount: 'denied', write: null }],
    ['sim-nfs1.rack.test', '/readonly', { mount: 'ok', write: 'readOnly', ownerUid: null }],
    ['sim-nfs1.rack.test', '/squashed', { mount: 'ok', write: 'ok', ownerUid: 65_534 }],
    ['sim-nfs1.rack.test', '/full', { mount: 'ok', write: 'failed', freeBytes: 0 }],
    ['sim-nfs1.rack.test', '/any', { mount: 'ok', write: 'ok', ownerUid: 0, sizeBytes: 10 * 2 ** 40 }],
    ['198.18.0.9', '/any', { resolvedAddress: '198.18.0.9', mount: 'ok' }],
    ['sim-nfs1-closed', '/any', { mount: 'refused', ports: { portmapper111: 'refused', nfs2049: 'refused' } }],
    ['sim-nfs1-rejected', '/any', { mount: 'failed', ports: { portmapper111: 'rejected', nfs2049: 'rejected' } }],
    ['sim-nfs1-silent', '/any', { mount: 'timedOut', ports: { portmapper111: 'silent', nfs2049: 'silent' } }],
    ['nfs1.rack.test', '/any', { resolvedAddress: null, ports: null, mount: null }],
  ])('CS-34 to CS-40: the probe of %s:%s', async (server, path, expected) => {
    expect(await rig().driver.mounts.probeNfs(host, server, path)).toMatchObject(expected);
  });

  it('refuses to write to read-only and full exports', async () => {
    const { driver } = rig();
    for (const [path, reason] of [
      ['/readonly', 'readOnly'],
      ['/full', 'noSpace'],
    ] as const) {
      const mount = mountOf(path);
      await driver.mounts.ensure(host, mount);
      await expectFailure(driver.disks.createEmpty(host, { mount, path: 'a.qcow2' }, 2 ** 20), 'refused', reason);
      expect(await driver.disks.list(host, mount, '')).toEqual([]);
    }
  });

  it('counts the bytes in use', async () => {
    const { driver } = rig();
    const mount = mountOf('/export');
    await driver.mounts.ensure(host, mount);
    await driver.disks.createEmpty(host, { mount, path: 'a.qcow2' }, 2 ** 30);
    const { allocatedBytes } = await driver.disks.inspect(host, { mount, path: 'a.qcow2' });
    expect(await driver.mounts.ensure(host, mount)).toEqual({ totalBytes: 10 * 2 ** 40, usedBytes: allocatedBytes });
    await driver.disks.remove(host, { mount, path: 'a.qcow2' });
    expect(await driver.mounts.ensure(host, mount)).toMatchObject({ usedBytes: 0 });
  });
});

describe('faults on demand', () => {
  it('fails the given number of calls of one method on one host, before the work', async () => {
    const { fleet, driver } = rig();
    fleet.fail(host.key, 'startMachine', { kind: 'unreachable', reason: 'connectionLost' }, 2);
    const machine = diskless('m');
    await driver.startMachine(hostAt('sim-2.rack.test'), machine);
    await expectFailure(driver.startMachine(host, machine), 'unreachable', 'connectionLost');
    await expectFailure(driver.startMachine(host, machine), 'unreachable', 'connectionLost');
    expect(await driver.listMachines(host)).toEqual([]);
    await driver.startMachine(host, machine);
    expect(await driver.listMachines(host)).toHaveLength(1);
  });

  it('F14 loses the answer after the work was done', async () => {
    const { fleet, driver } = rig();
    fleet.fail('*', 'startMachine', { kind: 'unreachable', reason: 'connectionLost' }, 1, 'after');
    const machine = diskless('m');
    await expectFailure(driver.startMachine(host, machine), 'unreachable', 'connectionLost');
    expect(await driver.listMachines(host)).toEqual([{ name: 'm', uuid: machine.uuid, power: 'running' }]);
    await driver.startMachine(host, machine);
    expect(await driver.readSerialLog(host, 'm', 10_000)).toBe(bootLog);
  });

  it('fails anything everywhere until told otherwise', async () => {
    const { fleet, driver } = rig();
    fleet.fail('*', '*', { kind: 'busy' }, 1_000);
    await expectFailure(driver.pingHost(host), 'busy');
    await expectFailure(driver.disks.list(host, mountOf('/export'), ''), 'busy');
    fleet.clearFaults();
    await driver.pingHost(host);
  });

  it('takes the time it is told to take', async () => {
    const { fleet, driver } = rig();
    fleet.setLatency({ '*': 20, pingHost: 40 });
    const msOf = async (action: () => Promise<unknown>): Promise<number> => {
      const begin = performance.now();
      await action();
      return performance.now() - begin;
    };
    expect(await msOf(() => driver.listMachines(host))).toBeGreaterThanOrEqual(18);
    expect(await msOf(() => driver.pingHost(host))).toBeGreaterThanOrEqual(38);
    fleet.setLatency({ '*': 0, pingHost: 0 });
    const later = new Promise((done) => setImmediate(done, 'later'));
    expect(await Promise.race([driver.pingHost(host).then(() => 'at once'), later])).toBe('at once');
  });

  it('F14 cuts a connection before or after the work', async () => {
    const { fleet, driver } = rig();
    fleet.setLatency({ startMachine: 200 });
    for (const [name, waitMs, runs] of [
      ['early', 20, false],
      ['late', 150, true],
    ] as const) {
      const start = expectFailure(driver.startMachine(host, diskless(name)), 'unreachable', 'connectionLost');
      await new Promise((done) => setTimeout(done, waitMs));
      fleet.cutConnection(host.address);
      await start;
      expect((await driver.listMachines(host)).some((machine) => machine.name === name)).toBe(runs);
    }
  });

  it('F15, F16, F20: power loss ends machines and mounts, a lost network or a hang ends nothing', async () => {
    const { fleet, driver } = rig();
    const mount = mountOf('/export');
    for (const state of ['unreachable', 'hung', 'off'] as const) {
      await driver.mounts.ensure(host, mount);
      await driver.startMachine(host, { ...diskless('m'), uuid: '11111111-1111-4111-8111-111111111111' });
      fleet.setPower(host.address, state);
      await expectFailure(driver.pingHost(host), 'unreachable', 'timedOut');
      fleet.setPower(host.address, 'on');
      expect(await driver.listMachines(host)).toHaveLength(state === 'off' ? 0 : 1);
      expect(await driver.mounts.list(host)).toEqual(state === 'off' ? [] : [mount]);
    }
  });
});

describe('NFS servers', () => {
  it('F23 a dead server answers nobody and has everything when it is back', async () => {
    const { fleet, driver } = rig();
    const mount = mountOf('/export');
    const file = { mount, path: 'a.qcow2' };
    await driver.mounts.ensure(host, mount);
    await driver.disks.createEmpty(host, file, 2 ** 30);
    fleet.setNfsServer(mount.server, 'down');
    await expectFailure(driver.mounts.ensure(hostAt('sim-2.rack.test'), mount), 'unreachable', 'timedOut');
    await expectFailure(driver.disks.inspect(host, file), 'unreachable', 'timedOut');
    await expectFailure(
      driver.startMachine(host, { ...diskless('m'), disks: [{ file, format: 'qcow2', deviceId: 0 }] }),
      'unreachable',
      'timedOut',
    );
    expect(await driver.mounts.probeNfs(host, mount.server, mount.path)).toMatchObject({ mount: 'timedOut' });
    await driver.pingHost(host);
    fleet.setNfsServer(mount.server, 'up');
    expect(await driver.disks.inspect(host, file)).toMatchObject({ virtualSizeBytes: 2 ** 30 });
  });
});

describe('an operator on the host', () => {
  it('F30 destroys, pauses and starts machines behind our back', async () => {
    const { fleet, driver } = rig();
    const [gone, paused] = [diskless('gone'), diskless('paused')];
    await driver.startMachine(host, gone);
    await driver.startMachine(host, paused);
    const foreign = { name: 'their-vm', uuid: randomUUID() };
    fleet.outOfBand.destroyMachine(host.address, gone.name);
    fleet.outOfBand.pauseMachine(host.address, paused.name);
    fleet.outOfBand.startForeignMachine(host.address, foreign.name, foreign.uuid);
    expect(await driver.listMachines(host)).toEqual([
      { name: 'paused', uuid: paused.uuid, power: 'paused' },
      { ...foreign, power: 'running' },
    ]);
    await expectFailure(driver.stopMachine(host, 'paused', 'graceful', 10), 'busy');
    await driver.stopMachine(host, 'their-vm', 'forced', 10);
    expect(await driver.listMachines(host)).toContainEqual({ ...foreign, power: 'stopped' });
  });

  it('F31 deletes, adds and edits files, and unmounts', async () => {
    const { fleet, driver } = rig();
    const mount = mountOf('/export');
    const file = { mount, path: 'volumes/a.qcow2' };
    await driver.mounts.ensure(host, mount);
    await driver.disks.createEmpty(host, file, 2 ** 30);
    fleet.outOfBand.writeFile(file, { format: 'qcow2', virtualSizeBytes: 2 ** 30, allocatedBytes: 4_096, backingName: '/etc/shadow' });
    await expectFailure(driver.disks.inspect(host, file), 'refused', 'unsafeImage');
    await expectFailure(
      driver.startMachine(host, { ...diskless('m'), disks: [{ file, format: 'qcow2', deviceId: 0 }] }),
      'refused',
      'unsafeImage',
    );
    fleet.outOfBand.deleteFile(file);
    await expectFailure(driver.disks.inspect(host, file), 'missing');
    fleet.outOfBand.unmount(host.address, mount.uuid);
    await expectFailure(driver.disks.list(host, mount, ''), 'missing');
  });

  it('I14 lets one disk run twice on two hosts, as NFS without locks does, but not on one', async () => {
    const { driver } = rig();
    const mount = mountOf('/export');
    const other = hostAt('sim-2.rack.test');
    const file = { mount, path: 'a.qcow2' };
    const disks = [{ file, format: 'qcow2' as const, deviceId: 0 }];
    await driver.mounts.ensure(host, mount);
    await driver.mounts.ensure(other, mount);
    await driver.disks.createEmpty(host, file, 2 ** 30);
    await driver.startMachine(host, { ...diskless('one'), disks });
    await expectFailure(driver.startMachine(host, { ...diskless('two'), disks }), 'busy');
    await driver.startMachine(other, { ...diskless('one'), disks });
    await driver.stopMachine(host, 'one', 'forced', 10);
    await driver.startMachine(host, { ...diskless('two'), disks });
  });
});
