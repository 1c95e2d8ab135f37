// A cloud in which every tenant has something of each kind that accounts own, and one has things of its domain's own.
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { StorageIpRange } from '../../src/areas/network/storage-ip-range.entity.ts';
import { Alert } from '../../src/kernel/events/event.entity.ts';
import type { ApiClient, Body } from './api-client.ts';
import { type Cloud, installTemplate, startCloud } from './cloud.ts';
import { systemVmsUp } from './system-vms.ts';
import { createTenants, type TenantName, type Tenants } from './tenants.ts';

/** Uuids of what one tenant has, by entity name. */
export type Belongings = Readonly<
  Record<
    | 'VirtualMachine'
    | 'Volume'
    | 'Template'
    | 'Iso'
    | 'SshKeyPair'
    | 'SecurityGroup'
    | 'SecurityGroupRule'
    | 'Job'
    | 'Event'
    | 'Account'
    | 'User'
    | 'Domain',
    string
  >
>;

export interface TenantCloud {
  readonly cloud: Cloud;
  readonly tenants: Tenants;
  readonly belongings: Readonly<Record<TenantName, Belongings>>;
  /** What only the domain azure and those below it may see, by entity name. */
  readonly privateToBlue: Readonly<Record<'Zone' | 'ServiceOffering' | 'DiskOffering', string>>;
  stop(): Promise<void>;
}

const idIn = (reply: Body, item: string) => String((reply[item] as Body)['id']);

export async function startTenantCloud(): Promise<TenantCloud> {
  const cloud = await startCloud({ systemVms: true });
  const { server, zone } = cloud;
  const tenants = await createTenants(server);
  const privateToBlue = {
    Zone: idIn(
      await server.admin.call('createZone', {
        name: 'azure-zone',
        networktype: 'Basic',
        dns1: '8.8.8.8',
        internaldns1: '10.0.0.2',
        domainid: tenants.blue1.domainId,
      }),
      'zone',
    ),
    ServiceOffering: idIn(
      await server.admin.call('createServiceOffering', {
        name: 'azure-size',
        displaytext: 'azure-size',
        cpunumber: 1,
        cpuspeed: 100,
        memory: 128,
        domainid: tenants.blue1.domainId,
      }),
      'serviceoffering',
    ),
    DiskOffering: idIn(
      await server.admin.call('createDiskOffering', {
        name: 'azure-disk',
        displaytext: 'azure-disk',
        disksize: 1,
        domainid: tenants.blue1.domainId,
      }),
      'diskoffering',
    ),
  };

  const belongingsOf = async (name: TenantName): Promise<Belongings> => {
    const tenant = tenants[name];
    const { client } = tenant;
    const templateId = await installTemplate(server, zone, `${tenant.name} template`);
    // Templates come from the command line and belong to the administrator; their owner is changed by hand.
    await server.dataSource.query(
      'UPDATE template t JOIN account a ON a.uuid = ? SET t.account_id = a.id, t.domain_id = a.domain_id, t.is_public = FALSE, t.is_featured = FALSE WHERE t.uuid = ?',
      [tenant.accountId, templateId],
    );
    const reply = await client.call('deployVirtualMachine', {
      zoneid: zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
      name: `${tenant.name}-machine`,
    });
    await client.result(String(reply['jobid']));
    const vmId = String(reply['id']);
    const [volume] = await client.list('listVolumes', { virtualmachineid: vmId });
    const [event] = await client.list('listEvents', { type: 'VM.CREATE' });
    const group = await client.run('authorizeSecurityGroupIngress', {
      securitygroupname: 'default',
      protocol: 'icmp',
      cidrlist: '10.0.0.0/8',
    });
    const [rule] = group['ingressrule'] as Body[];
    return {
      VirtualMachine: vmId,
      Volume: String(volume!['id']),
      Template: templateId,
      Iso: await registerIso(client, zone.zoneId, tenant.name),
      SshKeyPair: idIn(await client.call('createSSHKeyPair', { name: tenant.name }), 'keypair'),
      SecurityGroup: String(group['id']),
      SecurityGroupRule: String(rule!['ruleid']),
      Job: String(reply['jobid']),
      Event: String(event!['id']),
      Account: tenant.accountId,
      User: tenant.userId,
      Domain: tenant.domainId,
    };
  };
  const belongings = {} as Record<TenantName, Belongings>;
  for (const name of Object.keys(tenants) as TenantName[]) belongings[name] = await belongingsOf(name);
  await insertRest(server.dataSource);
  await systemVmsUp(cloud);
  // Each look finds the downloads further.
  for (let looks = 0; looks < 3; looks += 1) await server.runtime.schedule.wake('template-download');
  // From here on tables change by what a test asks for.
  await server.runtime.schedule.stop();
  return { cloud, tenants, belongings, privateToBlue, stop: () => cloud.stop() };
}

/** ISOs and templates are rows of one table, but commands of their own show them. */
async function registerIso(client: ApiClient, zoneid: string, owner: string): Promise<string> {
  const { iso } = (await client.call('registerIso', { name: `${owner} ISO`, url: `http://images.test/${owner}.iso`, zoneid })) as {
    iso: Body[];
  };
  return String(iso[0]!['id']);
}

/** What no request of this cloud makes: an alert, addresses for storage traffic. */
async function insertRest(database: DataSource): Promise<void> {
  const created = new Date();
  await database.getRepository(Alert).insert({
    uuid: randomUUID(),
    type: 'ALERT.USAGE',
    subject: 'an alert',
    content: 'an alert',
    cause: 'none',
    created,
    sent: created,
    archived: false,
  });
  const [pod] = await database.query<{ id: number; zone_id: number }[]>('SELECT id, zone_id FROM pod LIMIT 1');
  await database.getRepository(StorageIpRange).insert({
    uuid: randomUUID(),
    zoneId: pod!.zone_id,
    podId: pod!.id,
    networkId: 1,
    vlan: null,
    gateway: '10.9.0.1',
    netmask: '255.255.255.0',
    startIp: '10.9.0.10',
    endIp: '10.9.0.20',
    created,
  });
}
