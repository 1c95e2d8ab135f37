// Where uploads and links lead, and what the zone's machine is told to serve there: TLS unless an administrator asks for less.
import { X509Certificate } from 'node:crypto';
import type { StorageConfiguration } from '@strata/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiClient, Body } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms } from '../../../test/harness/system-vms.ts';
import { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { storageRole } from '../image-store/storage-role.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';

let cloud: Cloud;
let admin: ApiClient;
let ip: string;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 1 });
  admin = cloud.server.admin;
  ip = String((await admin.list('listSystemVms', { systemvmtype: 'secondarystoragevm' }))[0]!['privateip']);
}, 60_000);
afterAll(() => cloud.stop());

const set = (name: string, value: string) => admin.call('updateConfiguration', { name, value, zoneid: cloud.zone.zoneId });

async function told(): Promise<StorageConfiguration> {
  const { dataSource, runtime, config } = cloud.server;
  const vm = await dataSource.manager.findOneByOrFail(SystemVm, { kind: 'secondarystoragevm' });
  const secrets = SecretBox.fromFile(`${config.dataFolder}/master.key`);
  return (await storageRole.configuration({ read: dataSource.manager, secrets, settings: runtime.settings }, vm)) as StorageConfiguration;
}

async function link(): Promise<string> {
  return String((await admin.run('extractTemplate', { id: cloud.templateId, mode: 'HTTP_DOWNLOAD' }))['url']);
}

async function upload(): Promise<string> {
  const { getuploadparams } = (await admin.call('getUploadParamsForVolume', {
    name: 'sent',
    format: 'QCOW2',
    zoneid: cloud.zone.zoneId,
  })) as { getuploadparams: Body };
  return String(getuploadparams['postURL']);
}

it('serves TLS with a certificate of the installation for its address', async () => {
  const { port, tls } = await told();
  expect(port).toBe(443);
  const certificate = new X509Certificate(tls!.certificateChain);
  expect(certificate.checkIP(ip)).toBe(ip);
  expect(certificate.checkIssued(new X509Certificate(tls!.certificateChain.slice(certificate.toString().length)))).toBe(true);
  expect(await told()).toEqual({ ...(await told()), tls });
  expect(await link()).toMatch(`https://${ip}/userdata/`);
  expect(await upload()).toMatch(`https://${ip}/upload/`);
});

it('goes by the domain that is set, by name or by address', async () => {
  for (const [domain, host] of [
    ['storage.example.net', 'storage.example.net'],
    ['*.example.net', `${ip.replaceAll('.', '-')}.example.net`],
  ] as const) {
    await set('secstorage.ssl.cert.domain', domain);
    const certificate = new X509Certificate((await told()).tls!.certificateChain);
    expect([certificate.checkHost(host), certificate.checkIP(ip)]).toEqual([host, ip]);
    expect(await link()).toMatch(`https://${host}/userdata/`);
    expect(await upload()).toMatch(`https://${host}/upload/`);
  }
  expect((await admin.refused('updateConfiguration', { name: 'secstorage.ssl.cert.domain', value: 'a b' })).text).toContain(
    'a domain name such as',
  );
  await set('secstorage.ssl.cert.domain', '');
});

it('serves plain http when an administrator says so, and links that are there follow', async () => {
  await link();
  await set('secstorage.encrypt.copy', 'false');
  expect(await told()).toMatchObject({ port: 80, tls: null });
  await cloud.server.runtime.schedule.wake('template-download');
  const sites = await cloud.server.dataSource.query<{ site: string }[]>('SELECT DISTINCT site FROM store_link');
  expect(sites).toEqual([{ site: `http://${ip}` }]);
  expect(await upload()).toMatch(`http://${ip}/upload/`);
});
