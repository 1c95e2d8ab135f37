// The driver contract as tests, for any driver: call `describeDriverContract` from a spec file.
import { afterAll, beforeAll, describe } from 'vitest';
import { agentsContract } from './agents-contract.ts';
import { connectionContract } from './connection-contract.ts';
import { consoleContract } from './console-contract.ts';
import { diskContract } from './disk-contract.ts';
import { filterContract } from './filter-contract.ts';
import { hostContract } from './host-contract.ts';
import { imageSafetyContract } from './image-safety-contract.ts';
import { machineContract } from './machine-contract.ts';
import { migrationContract } from './migration-contract.ts';
import { mountContract } from './mount-contract.ts';
import { namingContract } from './naming-contract.ts';
import { networkContract } from './network-contract.ts';
import { createStage, type DriverRig, type Stage } from './rig.ts';

/** Tests run in order on one rig and clean up after themselves; about a minute on hosts under software emulation. */
export function describeDriverContract(name: string, makeRig: () => Promise<DriverRig>): void {
  describe(`${name} keeps the driver contract`, { timeout: 60_000 }, () => {
    let made: Stage | undefined;
    const stage = (): Stage => {
      if (made === undefined) throw new Error('the rig was not made: see the failure of beforeAll');
      return made;
    };

    beforeAll(async () => {
      made = createStage(await makeRig());
      const { driver, hosts, primary, secondary } = made.rig;
      for (const host of hosts) {
        await driver.mounts.ensure(host, primary);
        await driver.mounts.ensure(host, secondary);
      }
    }, 120_000);

    afterAll(async () => {
      if (made === undefined) return;
      const { driver, hosts, primary, secondary } = made.rig;
      for (const mount of [primary, secondary]) {
        for (const file of await driver.disks.list(hosts[0], mount, made.folder))
          await driver.disks.remove(hosts[0], { mount, path: file.path });
        for (const host of hosts) await driver.mounts.remove(host, mount);
      }
      await driver.disconnect();
      await made.rig.close();
    }, 120_000);

    hostContract(stage);
    networkContract(stage);
    filterContract(stage);
    mountContract(stage);
    diskContract(stage);
    imageSafetyContract(stage);
    namingContract(stage);
    machineContract(stage);
    consoleContract(stage);
    agentsContract(stage);
    migrationContract(stage);
    connectionContract(stage);
  });
}
