// A cloud ready for machines: server, zone, template, offering, and the simulated hosts to look at and to break.
import { join } from 'node:path';
import { SimulatedFleet } from '@strata/hypervisor';
import { writeTestImage } from '../../../../libs/hypervisor/src/conformance/test-images.ts';
import type { ServerConfig } from '../../src/config.ts';
import type { Log } from '../../src/kernel/log/log.ts';
import type { Body, Params } from './api-client.ts';
import { type BasicZone, type BasicZoneOptions, createBasicZone } from './basic-zone.ts';
import { startTestServer, type TestServer } from './test-server.ts';

export interface Cloud {
  readonly server: TestServer;
  readonly zone: BasicZone;
  readonly templateId: string;
  readonly offeringId: string;
  /** The same simulated hosts that the server drives, as somebody at their console sees them. */
  readonly fleet: SimulatedFleet;
  /** Deploys a machine as the administrator and gives it when it runs. */
  deploy(params?: Params): Promise<Body>;
  stop(): Promise<void>;
}

export async function startCloud(
  options: BasicZoneOptions & { readonly config?: Partial<ServerConfig>; readonly log?: Log } = {},
): Promise<Cloud> {
  const server = await startTestServer(options.config, options.log);
  const zone = await createBasicZone(server.admin, options);
  const templateId = await installTemplate(server, zone);
  const { serviceoffering } = (await server.admin.call('createServiceOffering', {
    name: 'tiny',
    displaytext: 'tiny',
    cpunumber: 1,
    cpuspeed: 500,
    memory: 256,
  })) as {
    serviceoffering: { id: string };
  };
  const fleet = new SimulatedFleet({ journalPath: join(server.config.dataFolder, 'simulator.journal') });
  return {
    server,
    zone,
    templateId,
    offeringId: serviceoffering.id,
    fleet,
    deploy: (params = {}) =>
      server.admin.run('deployVirtualMachine', {
        zoneid: zone.zoneId,
        templateid: templateId,
        serviceofferingid: serviceoffering.id,
        ...params,
      }),
    async stop() {
      fleet.close();
      await server.stop();
    },
  };
}

export async function installTemplate(server: TestServer, zone: BasicZone, name = 'test guest'): Promise<string> {
  const path = join(server.config.dataFolder, `${name.replaceAll(' ', '-')}.qcow2`);
  await writeTestImage(path, { virtualSizeBytes: 64 * 2 ** 20 });
  const template = await server.local.run('installTemplate', {
    path,
    name,
    ostype: 'Other Linux (64-bit)',
    format: 'QCOW2',
    secondary: zone.storeUrl,
    hypervisor: 'Simulator',
  });
  return String(template['id']);
}
