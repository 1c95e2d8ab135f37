// Contract of logging in to a host and reading what it is.
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { HostAddress } from '../specs.ts';
import { expectFailure, type Stage } from './rig.ts';

export function hostContract(stage: () => Stage): void {
  describe('hosts', () => {
    it('reads what the host is', async () => {
      const { driver, hosts, bridge } = stage().rig;
      const facts = await driver.inspectHost(hosts[0]);
      expect(facts.hostname).not.toBe('');
      expect(facts.arch).toMatch(/^[a-z0-9_]+$/);
      expect(facts.cpuCores).toBeGreaterThan(0);
      expect(facts.cpuSockets).toBeGreaterThan(0);
      expect(facts.cpuMhz).toBeGreaterThan(100);
      expect(facts.memoryMib).toBeGreaterThan(100);
      expect(facts.isRoot).toBe(true);
      expect(facts.libvirtVersion).toMatch(/^\d+\.\d+/);
      expect(facts.qemuVersion).toMatch(/^\d+\.\d+/);
      expect(facts.bridges.map((found) => found.name)).toContain(bridge);
      expect(facts.hasNfsClient).toBe(true);
      expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(60_000);
      expect(facts.hostKeySha256).toMatch(/^[A-Za-z0-9+/]{43}$/);
    });

    it('gives each host a key of its own', async () => {
      const { driver, hosts } = stage().rig;
      const keys = await Promise.all(hosts.map(async (host) => (await driver.inspectHost(host)).hostKeySha256));
      expect(new Set(keys).size).toBe(2);
    });

    it('answers a ping, again after the warm connection was dropped', async () => {
      const { driver, hosts } = stage().rig;
      await driver.pingHost(hosts[0]);
      await driver.disconnect(hosts[0].key);
      await driver.pingHost(hosts[0]);
      await driver.disconnect();
      await driver.pingHost(hosts[0]);
    });

    it('refuses a wrong password', async () => {
      const { driver, hosts } = stage().rig;
      const intruder = withKey(hosts[0], 'wrong-password', { credential: { kind: 'password', password: 'not the password' } });
      await expectFailure(driver.pingHost(intruder), 'refused', 'wrongCredentials');
      await expectFailure(driver.inspectHost(intruder), 'refused', 'wrongCredentials');
    });

    it('names a closed port', async () => {
      const { driver, hosts } = stage().rig;
      const closed = withKey(hosts[0], 'closed-port', { port: 1 });
      await expectFailure(driver.pingHost(closed), 'unreachable', 'connectionRefused');
      await expectFailure(driver.inspectHost(closed), 'unreachable', 'connectionRefused');
    });

    it('names a host name that does not resolve', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.pingHost(withKey(hosts[0], 'nowhere', { address: 'nowhere.invalid' })), 'unreachable', 'nameNotResolved');
    });

    it("CS-48 reads the newest part of the hypervisor's log", async () => {
      const { driver, hosts } = stage().rig;
      const log = await driver.readHostLog(hosts[0], 64 * 1024);
      expect(log).toMatch(/libvirt|warning|error/);
      const tail = await driver.readHostLog(hosts[0], 20);
      expect(tail.length).toBeLessThanOrEqual(20);
      expect(tail).not.toBe('');
    });

    it('accepts the pinned host key and refuses another', async () => {
      const { driver, hosts } = stage().rig;
      const { hostKeySha256 } = await driver.inspectHost(hosts[0]);
      await driver.pingHost(withKey(hosts[0], 'pinned', { hostKeySha256 }));
      await expectFailure(driver.pingHost(withKey(hosts[0], 'other-pin', { hostKeySha256: 'A'.repeat(43) })), 'refused', 'hostKeyChanged');
    });

    it('lets the management key in once installed and out once released', async () => {
      const { driver, hosts } = stage().rig;
      const mine = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'conformance' });
      const other = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'conformance' });
      const byKey = withKey(hosts[1], 'by-key', { credential: { kind: 'key', privateKeyPem: mine.private } });
      const byOther = withKey(hosts[1], 'by-other-key', { credential: { kind: 'key', privateKeyPem: other.private } });
      await expectFailure(driver.pingHost(byKey), 'refused', 'wrongCredentials');
      await driver.installKey(hosts[1], mine.public);
      await driver.installKey(hosts[1], mine.public);
      await driver.pingHost(byKey);
      await expectFailure(driver.pingHost(byOther), 'refused', 'wrongCredentials');
      const mounted = await driver.mounts.list(hosts[1]);
      await driver.releaseHost(hosts[1], mine.public);
      await driver.releaseHost(hosts[1], mine.public);
      await driver.disconnect(byKey.key);
      await expectFailure(driver.pingHost(byKey), 'refused', 'wrongCredentials');
      expect(await driver.mounts.list(hosts[1])).toEqual([]);
      for (const mount of mounted) await driver.mounts.ensure(hosts[1], mount);
    });

    it('leaves an unreachable host as it is', async () => {
      const { driver, hosts } = stage().rig;
      const { public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'conformance' });
      await driver.releaseHost(withKey(hosts[0], 'closed-port', { port: 1 }), publicKey);
    });
  });
}

/** The same machine over a connection of its own. */
function withKey(host: HostAddress, suffix: string, change: Partial<HostAddress>): HostAddress {
  return { ...host, ...change, key: `${host.key}-${suffix}` };
}
