// What only real hosts can show: guests that boot from linked clones on NFS, odd login shells, faults of network, storage and libvirt.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/rig.ts';
import type { FileRef, HostAddress, MachineSpec, MountSpec } from '../specs.ts';
import { KvmDriver } from './kvm-driver.ts';
import { cutConnections, lab, labExport, labHost, labValue, labValues } from './lab-hosts.ts';
import type { LabValues } from './lab-hosts.ts';

const logBytes = 256 * 1024;
const readyMs = 90_000;

describe('KVM hosts of the lab', () => {
  const driver = new KvmDriver();
  const folder = `hosts-${randomUUID().slice(0, 8)}`;
  let values: LabValues;
  let host: HostAddress;
  let other: HostAddress;
  let primary: MountSpec;
  let template: FileRef;
  let sizeBytes = 0;

  beforeAll(async () => {
    values = labValues();
    host = labHost(values, 'kvm1');
    other = labHost(values, 'kvm2');
    primary = labExport(values, randomUUID(), labValue(values, 'LAB_NFS_PRIMARY'));
    template = { mount: primary, path: `${folder}/template.qcow2` };
    await driver.mounts.ensure(host, primary);
    const image = readFileSync(labValue(values, 'LAB_GUEST_IMAGE'));
    await driver.disks.upload(host, labValue(values, 'LAB_GUEST_IMAGE'), template, createHash('sha256').update(image).digest('hex'));
    ({ virtualSizeBytes: sizeBytes } = await driver.disks.inspect(host, template));
  });

  afterEach(async () => {
    for (const machine of await driver.listMachines(host)) {
      if (!machine.name.startsWith(folder)) continue;
      await driver.stopMachine(host, machine.name, 'forced', 10_000);
      await driver.removeMachine(host, machine.name);
    }
  });

  afterAll(async () => {
    for (const file of await driver.disks.list(host, primary, folder)) await driver.disks.remove(host, { mount: primary, path: file.path });
    await driver.mounts.remove(host, primary);
    await driver.disconnect();
  });

  async function machineOn(name: string): Promise<MachineSpec> {
    const file: FileRef = { mount: primary, path: `${folder}/${name}.qcow2` };
    await driver.disks.createLinkedClone(host, file, template, sizeBytes);
    const tail = randomUUID().slice(0, 4);
    return {
      name: `${folder}-${name}`,
      uuid: randomUUID(),
      cpuCount: 1,
      cpuMhz: 500,
      memoryMib: 128,
      virtualisation: labValue(values, 'LAB_HARDWARE_VIRTUALISATION') === 'yes' ? 'hardware' : 'emulated',
      disks: [{ file, format: 'qcow2', deviceId: 0 }],
      nics: [{ mac: `02:00:00:01:${tail.slice(0, 2)}:${tail.slice(2)}`, bridge: labValue(values, 'LAB_GUEST_BRIDGE'), deviceId: 0 }],
    };
  }

  const logOf = (machine: MachineSpec): Promise<string> => driver.readSerialLog(host, machine.name, logBytes);
  const bootsIn = (log: string): string[] => Array.from(log.matchAll(/STRATA-GUEST READY .*?boot_id=(\S+)/g), (match) => match[1] ?? '');

  it('boots a guest from a linked clone on NFS to user space, resets it, and stops it by its power button', async () => {
    const machine = await machineOn('guest');
    await driver.startMachine(host, machine);
    const firstLog = await eventually(
      () => logOf(machine),
      (log) => bootsIn(log).length === 1 && log.includes('mac='),
      readyMs,
    );
    expect(firstLog).toContain(`mac=${machine.nics[0]?.mac}`);
    const shown = lab('ssh', 'kvm1', `virsh dumpxml ${machine.name}`).replaceAll('"', "'");
    expect(shown).toContain("xmlns:strata='urn:strata:machine:1'");
    expect(shown).toContain(`/mnt/${primary.uuid}/${folder}/template.qcow2`);

    await driver.rebootMachine(host, machine.name);
    const secondLog = await eventually(
      () => logOf(machine),
      (log) => bootsIn(log).length === 2,
      readyMs,
    );
    expect(new Set(bootsIn(secondLog)).size).toBe(2);

    await driver.stopMachine(host, machine.name, 'graceful', 30_000);
    expect((await driver.listMachines(host)).map((report) => report.name)).not.toContain(machine.name);

    // A stopped machine's log goes on where it ended.
    await driver.startMachine(host, machine);
    expect(
      bootsIn(
        await eventually(
          () => logOf(machine),
          (log) => bootsIn(log).length === 3,
          readyMs,
        ),
      ),
    ).toHaveLength(3);
    await driver.stopMachine(host, machine.name, 'forced', 10_000);
    expect(bootsIn(await logOf(machine))).toHaveLength(3);
  }, 300_000);

  it('F14 finishes work whose connection is cut again and again', async () => {
    const copies = Array.from({ length: 4 }, (_, index) => ({ mount: primary, path: `${folder}/cut-${index}.qcow2` }));
    const work = Promise.allSettled(copies.map((copy) => driver.disks.copy(host, template, copy)));
    await delay(150);
    cutConnections('kvm1');
    await work;
    for (const copy of copies) {
      await driver.disks.copy(host, template, copy);
      expect(await driver.disks.inspect(host, copy)).toMatchObject({ virtualSizeBytes: sizeBytes });
    }
    const files = lab('ssh', 'kvm1', `find /mnt/${primary.uuid}/${folder} -name '.*.part'`);
    expect(files).toBe('');
  }, 60_000);

  it('survives a login shell that talks and changes the environment', async () => {
    lab('ssh', 'kvm1', "printf 'echo welcome; echo grumble >&2; alias virsh=false; export PATH=/nowhere LC_ALL=de_DE\\n' >/root/.bashrc");
    try {
      await driver.disconnect(host.key);
      await driver.pingHost(host);
      expect((await driver.inspectHost(host)).isRoot).toBe(true);
    } finally {
      lab('ssh', 'kvm1', ': >/root/.bashrc');
    }
  });

  it('shares one connection among many calls, within the sessions that sshd allows', async () => {
    await driver.disconnect(host.key);
    const before = Number(lab('ssh', 'kvm1', 'pgrep -c -x sshd').trim());
    await Promise.all(Array.from({ length: 100 }, () => driver.mounts.list(host)));
    const after = Number(lab('ssh', 'kvm1', 'pgrep -c -x sshd').trim());
    expect(after - before).toBe(1);
  });

  it('pins a bridge that floats', async () => {
    lab('ssh', 'kvm2', 'ip link add floating0 type bridge');
    try {
      const pinned = async (): Promise<boolean | undefined> =>
        (await driver.inspectHost(other)).bridges.find((bridge) => bridge.name === 'floating0')?.macPinned;
      expect(await pinned()).toBe(false);
      await driver.networks.ensureBridge(other, 'floating0');
      expect(await pinned()).toBe(true);
    } finally {
      lab('ssh', 'kvm2', 'ip link del floating0');
    }
  });

  describe('CS-34 to CS-40: NFS exports', () => {
    const probe = (path: string) => driver.mounts.probeNfs(other, labValue(values, 'LAB_NFS_SERVER'), path);

    it('tells read-only, squashed and denied exports apart', async () => {
      expect(await probe(labValue(values, 'LAB_NFS_READONLY'))).toMatchObject({ mount: 'ok', write: 'readOnly', ownerUid: null });
      const squashed = await probe(labValue(values, 'LAB_NFS_SQUASHED'));
      expect(squashed.mount).toBe('ok');
      expect(squashed.write === 'denied' || squashed.ownerUid === 65534, JSON.stringify(squashed)).toBe(true);
      // An NFSv4 server hides what the client may not see: there is no such path for it.
      const denied = await probe(labValue(values, 'LAB_NFS_DENIED'));
      expect(denied).toMatchObject({ mount: expect.stringMatching(/^(denied|missing)$/), write: null, ownerUid: null });
    });

    it('tells a firewall that rejects from one that drops', async () => {
      lab('fault', 'reject-nfs', 'kvm2');
      try {
        expect(await probe('/export/primary')).toMatchObject({ ports: { nfs2049: 'rejected' }, write: null });
      } finally {
        lab('fault', 'open-nfs', 'kvm2');
      }
      lab('fault', 'drop-nfs', 'kvm2');
      try {
        expect(await probe('/export/primary')).toMatchObject({ ports: { nfs2049: 'silent' }, mount: 'timedOut' });
      } finally {
        lab('fault', 'open-nfs', 'kvm2');
      }
    }, 120_000);
  });

  describe('faults of the host', () => {
    afterEach(async () => {
      lab('fault', 'open-ssh', 'kvm2');
      lab('fault', 'start-libvirt', 'kvm2');
      await eventually(
        () =>
          driver.pingHost(other).then(
            () => 'up',
            (error: unknown) => error,
          ),
        (state) => state === 'up',
      );
    });

    it('is unreachable while libvirt is down, and back when it is', async () => {
      await driver.pingHost(other);
      lab('fault', 'stop-libvirt', 'kvm2');
      await expect(driver.pingHost(other)).rejects.toMatchObject({ kind: 'unreachable' });
      await expect(driver.listMachines(other)).rejects.toMatchObject({ kind: 'unreachable' });
      expect(await driver.inspectHost(other)).toMatchObject({ libvirtVersion: null, machines: [] });
    });

    it('names a port that closes under a warm connection, and one that falls silent', async () => {
      await driver.pingHost(other);
      lab('fault', 'close-ssh', 'kvm2');
      await expect(driver.pingHost(other)).rejects.toMatchObject({ kind: 'unreachable', reason: 'connectionRefused' });
      lab('fault', 'open-ssh', 'kvm2');
      await driver.pingHost(other);
      lab('fault', 'drop-ssh', 'kvm2');
      await expect(driver.pingHost(other)).rejects.toMatchObject({
        kind: 'unreachable',
        reason: expect.stringMatching(/^(timedOut|connectionLost)$/),
      });
    }, 120_000);
  });
});
