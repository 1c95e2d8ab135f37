// Contract of the control network and the agents of system machines on it.
import { randomInt, randomUUID } from 'node:crypto';
import { controlTapName, type SystemVmBootData } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateManagementKey } from '../kvm/ssh/management-key.ts';
import { type AgentAddress, type ControlCard, controlBridge, controlPrefixLength, type MachineSpec } from '../specs.ts';
import { eventually, expectFailure, type Stage } from './rig.ts';

/** Under emulation, with others at work. */
const bootMs = 120_000;

export function agentsContract(stage: () => Stage): void {
  describe('agents', { timeout: bootMs + 30_000 }, () => {
    const key = generateManagementKey('agents of the contract');
    const uuid = randomUUID();
    const name = `agents-${uuid.slice(0, 8)}`;
    const controlIp = '169.254.77.7';
    const agent: AgentAddress = { key: uuid, controlIp, privateKeyPem: key.privateKeyPem, hostKeySha256: null };
    const card: ControlCard = {
      tap: controlTapName(randomInt(1_000_000_000), 0),
      mac: `0e:77:${uuid.slice(0, 2)}:${uuid.slice(2, 4)}:${uuid.slice(4, 6)}:00`,
      ip: controlIp,
    };
    let hostKeySha256: string;

    beforeAll(async () => {
      const { driver, hosts, systemImage } = stage().rig;
      await driver.networks.ensureControlBridge(hosts[0], []);
      await driver.networks.ensureControlBridge(hosts[0], [card]);
      const template = stage().onPrimary('system.qcow2');
      await driver.disks.upload(hosts[0], systemImage.localPath, template, systemImage.sha256);
      await driver.disks.createLinkedClone(hosts[0], stage().onPrimary(`${name}.qcow2`), template, systemImage.virtualSizeBytes);
    }, 120_000);

    afterAll(async () => {
      const { driver, hosts } = stage().rig;
      await driver.stopMachine(hosts[0], name, 'forced', 0);
      await driver.removeMachine(hosts[0], name);
    }, 60_000);

    const spec = (): MachineSpec => {
      const { virtualisation } = stage().rig;
      const bootData: SystemVmBootData = {
        version: 1,
        kind: 'consoleproxy',
        uuid,
        name,
        nics: [{ purpose: 'control', mac: card.mac, ip: controlIp, prefixLength: controlPrefixLength }],
        dns: [],
        authorizedKey: key.publicKeyOpenSsh.trim(),
      };
      return {
        name,
        uuid,
        cpuCount: 1,
        cpuMhz: 500,
        memoryMib: 256,
        virtualisation,
        disks: [{ file: stage().onPrimary(`${name}.qcow2`), format: 'qcow2', deviceId: 0 }],
        nics: [{ mac: card.mac, bridge: controlBridge, deviceId: 0, tap: card.tap, isolated: true }],
        bootData: JSON.stringify(bootData),
      };
    };

    it('does not reach a machine that does not run', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.agents.identify(hosts[0], agent), 'unreachable');
    });

    it('CS-41 meets the agent of a machine that has booted, and knows it again', async () => {
      const { driver, hosts } = stage().rig;
      await driver.startMachine(hosts[0], spec());
      hostKeySha256 = await eventually(() => driver.agents.identify(hosts[0], agent).catch(() => ''), Boolean, bootMs);
      expect(hostKeySha256).toMatch(/^[A-Za-z0-9+/]{43}$/);
      const known = { ...agent, hostKeySha256 };
      const health = await eventually(() => driver.agents.call(hosts[0], known, 'health', {}).catch(() => undefined), Boolean, 30_000);
      expect(health).toMatchObject({ kind: 'consoleproxy', configurationHash: null });
      expect(await driver.agents.identify(hosts[0], known)).toBe(hostKeySha256);
    });

    it('refuses another machine in its place, and a stranger', async () => {
      const { driver, hosts } = stage().rig;
      const other = { ...agent, hostKeySha256: 'A'.repeat(43) };
      await expectFailure(driver.agents.identify(hosts[0], other), 'refused', 'hostKeyChanged');
      const stranger = { ...agent, key: randomUUID(), privateKeyPem: generateManagementKey('a stranger').privateKeyPem };
      await expectFailure(driver.agents.identify(hosts[0], stranger), 'refused', 'wrongCredentials');
    });

    it('T29 hears it only under the addresses that its card may have, whatever other cards are named', async () => {
      const { driver, hosts } = stage().rig;
      const anew = (): AgentAddress => ({ ...agent, key: randomUUID(), hostKeySha256 });
      for (const foreign of [{ ip: '169.254.77.8' }, { mac: '0e:77:00:00:00:01' }]) {
        await driver.networks.ensureControlBridge(hosts[0], [{ ...card, ...foreign }]);
        await expectFailure(driver.agents.identify(hosts[0], anew()), 'unreachable');
      }
      await driver.networks.ensureControlBridge(hosts[0], [card]);
      const other = { tap: controlTapName(randomInt(1_000_000_000), 0), mac: '0e:77:00:00:00:02', ip: '169.254.77.9' };
      await driver.networks.ensureControlBridge(hosts[0], [other]);
      const met = (): Promise<string> => driver.agents.identify(hosts[0], anew()).catch(() => '');
      expect(await eventually(met, Boolean)).toBe(hostKeySha256);
      for (const wrong of [{ tap: 'eth0' }, { mac: '0e' }])
        await expectFailure(driver.networks.ensureControlBridge(hosts[0], [{ ...card, ...wrong }]), 'refused');
    });

    it('gives what the agent refuses as its words', async () => {
      const { driver, hosts } = stage().rig;
      const known = { ...agent, hostKeySha256 };
      await expect(driver.agents.call(hosts[0], known, 'no.such.command' as never, {} as never)).rejects.toMatchObject({
        name: 'DriverError',
        message: expect.stringContaining('no.such.command'),
      });
    });

    it('listens for streams of the agent, again too, and takes that back', async () => {
      const { driver, hosts } = stage().rig;
      const known = { ...agent, hostKeySha256 };
      for (let round = 1; round <= 2; round += 1) {
        const listening = await driver.agents.listen(
          hosts[0],
          known,
          (stream) => stream.destroy(),
          () => undefined,
        );
        listening.close();
      }
    });

    it('loses it with the machine', async () => {
      const { driver, hosts } = stage().rig;
      await driver.stopMachine(hosts[0], name, 'forced', 0);
      await expectFailure(driver.agents.call(hosts[0], { ...agent, hostKeySha256 }, 'health', {}, 5_000), 'unreachable');
    });
  });
}
