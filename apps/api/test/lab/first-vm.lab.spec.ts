// The whole path on real hosts through the signed API: zone, hosts, storage, template, a machine and its life, faults, and back to nothing.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud, type LabPlace } from '../harness/lab-cloud.ts';

const bootMs = 60_000;
/** Reconcilers look every ten and twenty seconds. */
const noticedMs = 60_000;

let cloud: LabCloud;
let place: LabPlace;
let deployment: Params;
let poolId: string;
let storeId: string;
let templateId: string;
let vmId: string;
const hostIds = new Map<HostName, string>();

beforeAll(async () => {
  cloud = await LabCloud.start('first-vm');
});
afterAll(async () => cloud?.stop());

const readVm = async (): Promise<Body> => (await cloud.admin.list('listVirtualMachines', { id: vmId }))[0]!;
const readHost = async (host: HostName): Promise<Body> => (await cloud.admin.list('listHosts', { id: hostIds.get(host)! }))[0]!;
const hostOf = (vm: Body): HostName => (vm['hostid'] === hostIds.get('kvm1') ? 'kvm1' : 'kvm2');
const openAlerts = async (): Promise<Body[]> => cloud.admin.list('listAlerts');

/** The lines in which the guest's user space says that it is there, by number of starts of its disk. */
async function readyLine(starts: number): Promise<string> {
  const vm = await readVm();
  const read = () =>
    cloud
      .serialLog(hostOf(vm), String(vm['instancename']))
      .split('\n')
      .find((line) => line.includes('STRATA-GUEST READY') && line.includes(` starts=${starts} `)) ?? '';
  await expect.poll(read, { timeout: bootMs, interval: 300 }).not.toBe('');
  return read();
}

const bootId = (line: string): string => /boot_id=(\S+)/.exec(line)![1]!;

async function usedCapacity(): Promise<Record<string, number>> {
  const capacity = await cloud.admin.list('listCapacity', { zoneid: place.zoneid });
  return Object.fromEntries(capacity.map(({ name, capacityused }) => [String(name), Number(capacityused)]));
}

describe('a zone of real hosts', () => {
  it('takes both hosts with their facts, and mounts storage on them', async () => {
    place = await cloud.createPlace();
    for (const host of hostNames) {
      const added = await cloud.addHost(host, place);
      hostIds.set(host, String(added['id']));
      expect(added).toMatchObject({
        name: cloud.value(`LAB_${host.toUpperCase()}_NAME`),
        state: 'Up',
        resourcestate: 'Enabled',
        hypervisor: 'KVM',
      });
      expect(added['capabilities']).toBe(cloud.value('LAB_HARDWARE_VIRTUALISATION') === 'yes' ? 'hvm' : 'tcg');
      expect(cloud.authorizedKeysOn(host)).toContain('strata management key');
    }
    poolId = await cloud.addPrimary(place);
    storeId = await cloud.addSecondary(place);
    const source = cloud.exportUrl('primary').replace(/^nfs:\/\/([^/]*)/, '$1:');
    for (const host of hostNames) expect(cloud.mountsOn(host)).toContain(source);
    templateId = await cloud.installGuest();
    expect(cloud.files('secondary')).toEqual([`template/${templateId}.qcow2`]);
    await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
    deployment = { zoneid: place.zoneid, templateid: templateId, serviceofferingid: await cloud.createOffering(), name: 'first' };
    expect(await cloud.differences()).toEqual([]);
  });
});

describe('a machine', () => {
  it('is deployed: Linux user space on its serial console, a linked clone on the export', async () => {
    const vm = await cloud.admin.run('deployVirtualMachine', deployment);
    vmId = String(vm['id']);
    expect(vm).toMatchObject({ state: 'Running', name: 'first' });
    expect(cloud.machines()).toEqual([`${hostOf(vm)} ${String(vm['instancename'])}`]);
    await readyLine(1);
    const [nic] = vm['nic'] as Body[];
    await expect
      .poll(() => cloud.serialLog(hostOf(vm), String(vm['instancename'])), { timeout: bootMs })
      .toContain(`mac=${String(nic!['macaddress'])}`);

    const [volume] = await cloud.admin.list('listVolumes', { virtualmachineid: vmId });
    const file = `volumes/${String(volume!['id'])}.qcow2`;
    expect(cloud.files('primary')).toEqual([`template/${templateId}.qcow2`, file]);
    const disk = JSON.parse(
      execFileSync('qemu-img', ['info', '-U', '--output=json', '-f', 'qcow2', join(cloud.folderOf('primary'), file)], { encoding: 'utf8' }),
    ) as Record<string, string>;
    expect(disk).toMatchObject({
      format: 'qcow2',
      'backing-filename-format': 'qcow2',
      'backing-filename': `../template/${templateId}.qcow2`,
    });
    expect(await cloud.differences()).toEqual([]);
  });

  it('is reset by a reboot, and writes on the same disk', async () => {
    const before = bootId(await readyLine(1));
    await cloud.admin.run('rebootVirtualMachine', { id: vmId });
    expect(bootId(await readyLine(2))).not.toBe(before);
    expect(await readVm()).toMatchObject({ state: 'Running' });
  });

  it('is stopped by its power button, keeps its disk, and starts again', async () => {
    const vm = await readVm();
    expect(await cloud.admin.run('stopVirtualMachine', { id: vmId })).toMatchObject({ state: 'Stopped' });
    expect(cloud.serialLog(hostOf(vm), String(vm['instancename']))).toContain('STRATA-GUEST power button');
    expect(cloud.machines()).toEqual([]);
    expect(await cloud.differences()).toEqual([]);
    expect(await cloud.admin.run('startVirtualMachine', { id: vmId })).toMatchObject({ state: 'Running' });
    await readyLine(3);
  });
});

describe('what happens outside', () => {
  it('F30: a machine ended by hand becomes Stopped with an event, and one started by hand is reported and left alone', async () => {
    const { instancename, ...vm } = await readVm();
    cloud.at(hostOf(vm), `virsh destroy ${String(instancename)}`);
    const stranger = `<domain type='qemu'><name>stranger</name><memory unit='MiB'>32</memory><os><type>hvm</type></os></domain>`;
    cloud.at('kvm2', `virsh create /dev/stdin <<'END'\n${stranger}\nEND`);
    try {
      await expect.poll(async () => (await readVm())['state'], { timeout: noticedMs, interval: 500 }).toBe('Stopped');
      const events = await cloud.admin.list('listEvents', { type: 'VM.STOP', level: 'WARN' });
      expect(events).toEqual([
        expect.objectContaining({ resourceid: vmId, description: expect.stringContaining('is no longer running on host') as string }),
      ]);
      expect(await usedCapacity()).toMatchObject({ CPU: 0, MEMORY: 0 });
      await expect
        .poll(async () => (await openAlerts()).map(({ description }) => description), { timeout: noticedMs, interval: 500 })
        .toContainEqual(expect.stringContaining('stranger'));
      expect(cloud.at('kvm2', 'virsh domstate stranger')).toBe('running');
      expect(cloud.machines()).toEqual(['kvm2 stranger']);
    } finally {
      cloud.at('kvm2', 'virsh destroy stranger');
    }
    expect(await cloud.admin.run('startVirtualMachine', { id: vmId })).toMatchObject({ state: 'Running' });
    await readyLine(4);
  });
});

describe('a host that is lost', () => {
  beforeAll(async () => {
    await cloud.admin.call('updateConfiguration', { name: 'host.missed.pings', value: 1 });
    await cloud.admin.call('updateConfiguration', { name: 'host.down.after.seconds', value: 5 });
  });

  const becomes = async (host: HostName, state: string): Promise<void> => {
    await expect.poll(async () => (await readHost(host))['state'], { timeout: noticedMs, interval: 500 }).toBe(state);
  };

  it('F20: is Disconnected, then Down, with the reason, and Up again by itself or when it is reconnected; its machine runs on', async () => {
    const running = hostOf(await readVm());
    const idle: HostName = running === 'kvm1' ? 'kvm2' : 'kvm1';
    cloud.fault('close-ssh', running);
    cloud.fault('unplug', idle);
    try {
      for (const host of hostNames) await becomes(host, 'Disconnected');
      const reasons = (await openAlerts()).map(({ description }) => description);
      expect(reasons).toContainEqual(expect.stringContaining(`${cloud.addressOf(running)} refuses connections`));
      expect(reasons).toContainEqual(expect.stringContaining(cloud.addressOf(idle)));
      await becomes(running, 'Down');
      await expect(cloud.admin.run('reconnectHost', { id: hostIds.get(idle)! })).rejects.toThrow(/does not answer/);
    } finally {
      cloud.fault('open-ssh', running);
      cloud.fault('plug', idle);
    }
    expect(await cloud.admin.run('reconnectHost', { id: hostIds.get(idle)! })).toMatchObject({ state: 'Up' });
    await becomes(running, 'Up');
    expect(await readVm()).toMatchObject({ state: 'Running', hostid: hostIds.get(running) });
    expect(await cloud.differences()).toEqual([]);
  });

  it('F16, F18, CS-48: power lost on one, libvirt stopped on the other: both come back, the machine is Stopped and storage mounted again', async () => {
    const running = hostOf(await readVm());
    const idle: HostName = running === 'kvm1' ? 'kvm2' : 'kvm1';
    cloud.fault('power-off', running);
    cloud.fault('stop-libvirt', idle);
    try {
      await becomes(running, 'Disconnected');
      await expect.poll(async () => (await readHost(idle))['state'], { timeout: noticedMs, interval: 500 }).not.toBe('Up');
      expect((await openAlerts()).map(({ description }) => description)).toContainEqual(expect.stringContaining('libvirt'));
    } finally {
      cloud.fault('power-on', running);
      cloud.fault('start-libvirt', idle);
    }
    for (const host of hostNames) expect(await cloud.admin.run('reconnectHost', { id: hostIds.get(host)! })).toMatchObject({ state: 'Up' });
    await expect.poll(async () => (await readVm())['state'], { timeout: noticedMs, interval: 500 }).toBe('Stopped');
    expect(await cloud.differences()).toEqual([]);
  });
});

describe('the end', () => {
  it('destroys and expunges: no machine, no file, no address, no room taken', async () => {
    await cloud.admin.run('startVirtualMachine', { id: vmId });
    await cloud.admin.run('destroyVirtualMachine', { id: vmId, expunge: true });
    expect(cloud.machines()).toEqual([]);
    expect(cloud.serialLogs()).toEqual([]);
    expect(cloud.files('primary')).toEqual([`template/${templateId}.qcow2`]);
    expect(await cloud.admin.list('listVirtualMachines', { listall: true })).toEqual([]);
    expect(await cloud.admin.list('listVolumes', { listall: true })).toEqual([]);
    expect(await usedCapacity()).toMatchObject({ CPU: 0, MEMORY: 0, DIRECT_ATTACHED_PUBLIC_IP: 0 });
    expect(await cloud.differences()).toEqual([]);
  });

  it('leaves hosts and exports as they were before', async () => {
    await cloud.admin.run('deleteTemplate', { id: templateId });
    expect([...cloud.files('primary'), ...cloud.files('secondary')]).toEqual([]);
    expect(await usedCapacity()).toMatchObject({ STORAGE_ALLOCATED: 0 });
    await cloud.admin.call('deleteImageStore', { id: storeId });
    await cloud.admin.call('deleteStoragePool', { id: poolId });
    for (const host of hostNames) await cloud.admin.call('deleteHost', { id: hostIds.get(host)! });
    for (const host of hostNames) {
      expect(cloud.mountsOn(host)).toEqual([]);
      expect(cloud.authorizedKeysOn(host)).toBe(cloud.keysAtFirst.get(host));
    }
  });
});
