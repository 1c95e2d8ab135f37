// Contract of guest bridges.
import { describe, expect, it } from 'vitest';
import { expectFailure, type Stage } from './rig.ts';

export function networkContract(stage: () => Stage): void {
  describe('networks', () => {
    it('pins the guest bridge and leaves a pinned one alone', async () => {
      const { driver, hosts, bridge } = stage().rig;
      await driver.networks.ensureBridge(hosts[0], bridge);
      await driver.networks.ensureBridge(hosts[0], bridge);
      const facts = await driver.inspectHost(hosts[0]);
      expect(facts.bridges.find((found) => found.name === bridge)).toMatchObject({ macPinned: true });
    });

    it('misses a bridge that is not there', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.networks.ensureBridge(hosts[0], 'nobr0'), 'missing');
    });
  });
}
