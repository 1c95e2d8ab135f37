// The simulator keeps the driver contract.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDriverContract } from '../conformance/driver-contract.ts';
import { writeTestImage } from '../conformance/test-images.ts';
import { SimulatedFleet } from './simulated-fleet.ts';
import { SimulatorDriver } from './simulator-driver.ts';
import { hostAt, mountOf } from './test-hosts.ts';

describeDriverContract('the simulator', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'strata-simulator-'));
  const fleet = new SimulatedFleet({ journalPath: join(scratch, 'fleet.journal') });
  fleet.setLatency({ startMachine: 16, 'disks.upload': 16 });
  const virtualSizeBytes = 64 * 2 ** 20;
  const image = await writeTestImage(join(scratch, 'image.qcow2'), { virtualSizeBytes });
  return {
    driver: new SimulatorDriver(fleet),
    hosts: [hostAt('sim-1.rack.test'), hostAt('sim-2-unpinned.rack.test')],
    primary: mountOf('/export/primary'),
    secondary: mountOf('/export/secondary'),
    missingExportPath: '/export/missing',
    image: { ...image, virtualSizeBytes },
    systemImage: { ...image, virtualSizeBytes },
    bridge: 'cloudbr0',
    virtualisation: 'hardware',
    cutConnection: async (host) => fleet.cutConnection(host.address),
    close: async () => {
      fleet.close();
      await rm(scratch, { recursive: true });
    },
  };
});
