// Templates from a web server, uploads and links, through a real secondary-storage VM on the lab's hosts.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud, type LabPlace, systemVmEnvironment } from '../harness/lab-cloud.ts';

let cloud: LabCloud;
let place: LabPlace;
let web: Server;
let site: string;
let folder: string;
/** Requests for the slow file, by where they began. */
const rangesAsked: number[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strata-templates-'));
  cloud = await LabCloud.start('tmpl', systemVmEnvironment());
  place = await cloud.createPlace({ systemVms: true });
  await cloud.admin.call('updateConfiguration', { name: 'secstorage.encrypt.copy', value: 'false', zoneid: place.zoneid });
  await cloud.addHost('kvm1', place);
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
  await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
  await storageVmUp();
  makeFiles();
  web = createServer(answer);
  await new Promise<void>((done) => web.listen(0, cloud.value('LAB_GATEWAY'), done));
  const address = web.address() as { port: number };
  site = `http://${cloud.value('LAB_GATEWAY')}:${address.port}`;
  const network = cloud.value('LAB_GATEWAY').replace(/\.\d+$/, '.0/24');
  await cloud.admin.call('updateConfiguration', { name: 'secstorage.allowed.internal.sites', value: network, zoneid: place.zoneid });
}, 900_000);

afterAll(async () => {
  web?.closeAllConnections();
  web?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);

function makeFiles(): void {
  copyFileSync(cloud.value('LAB_GUEST_IMAGE'), at('guest.qcow2'));
  for (const [name, ...command] of [
    ['guest.qcow2.gz', 'gzip', '-c'],
    ['guest.qcow2.bz2', 'bzip2', '-c'],
    ['guest.qcow2.xz', 'xz', '-c', '-0'],
  ] as const) {
    const [program, ...options] = command;
    writeFileSync(at(name), execFileSync(program!, [...options, at('guest.qcow2')], { maxBuffer: 2 ** 30 }));
  }
  writeFileSync(at('page.html'), '<!doctype html><html><body>please log in</body></html>');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/hostname', '-u', at('backed.qcow2'), '64M']);
  const huge = readFileSync(at('guest.qcow2'));
  huge.writeBigUInt64BE(2n ** 63n, 24);
  writeFileSync(at('huge.qcow2'), huge);
  // Longer than what an agent keeps back until it is safe in the store.
  writeFileSync(at('noise'), randomBytes(80 * 2 ** 20));
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', at('noise'), at('slow')]);
  writeFileSync(at('rescue.iso'), Buffer.concat([Buffer.alloc(32_769), Buffer.from('CD001'), randomBytes(2 ** 20)]));
}

const slowBytesPerSecond = 2_000_000;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const name = (request.url ?? '/').slice(1);
  response.on('error', () => undefined);
  if (name === 'to-loopback') return void response.writeHead(302, { location: 'http://127.0.0.1/guest.qcow2' }).end();
  if (name === 'to-metadata') return void response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
  const bytes = readFileSync(at(name === 'cut' ? 'guest.qcow2' : name));
  if (name === 'cut') {
    response.writeHead(200, { 'content-length': bytes.length });
    return void response.write(bytes.subarray(0, 1_000_000), () => response.destroy());
  }
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': bytes.length - start,
    etag,
    ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (name !== 'slow') return void response.end(bytes.subarray(start));
  rangesAsked.push(start);
  void trickle(bytes.subarray(start), response);
}

async function trickle(bytes: Buffer, response: ServerResponse): Promise<void> {
  for (let sent = 0; sent < bytes.length && !response.destroyed; sent += slowBytesPerSecond / 10) {
    response.write(bytes.subarray(sent, sent + slowBytesPerSecond / 10));
    await sleep(100);
  }
  response.end();
}

async function register(name: string, params: Params = {}): Promise<string> {
  const url = name.startsWith('http') ? name : `${site}/${name}`;
  const reply = await cloud.admin.call('registerTemplate', {
    name,
    format: 'QCOW2',
    hypervisor: 'KVM',
    zoneid: place.zoneid,
    url,
    ...params,
  });
  return String((reply['template'] as Body[])[0]!['id']);
}

/** The first machine of a pod waits for its router to boot. */
const deploy = (params: Params): Promise<Body> => cloud.admin.run('deployVirtualMachine', params, 300_000);

const show = async (id: string): Promise<Body> => (await cloud.admin.list('listTemplates', { templatefilter: 'self', id }))[0]!;

async function settled(id: string, timeout = 120_000): Promise<Body> {
  await expect
    .poll(async () => (await show(id))['status'], { timeout, interval: 500 })
    .not.toMatch(/^(Processing|\d+% Downloaded|Installing Template|waiting)/);
  return show(id);
}

const filesOf = (id: string): string[] => cloud.files('secondary').filter((file) => file.includes(id));
const wholeFiles = (): string[] => cloud.files('secondary').filter((file) => !file.startsWith('.incoming'));
const incoming = (): string[] => cloud.files('secondary').filter((file) => file.startsWith('.incoming'));

async function storageVm(): Promise<{ name: string; host: HostName }> {
  const [vm] = await cloud.admin.list('listSystemVms', { systemvmtype: 'secondarystoragevm' });
  return { name: String(vm!['name']), host: hostNames.find((name) => String(vm!['hostname']).startsWith(name))! };
}

/** The one machine that this suite needs: the console proxy may take its time. */
async function storageVmUp(): Promise<void> {
  const deadline = performance.now() + 800_000;
  for (;;) {
    const [vm] = await cloud.admin.list('listSystemVms', { systemvmtype: 'secondarystoragevm' });
    if (vm?.['agentstate'] === 'Up') return;
    if (performance.now() > deadline) throw new Error(`the secondary storage VM is not Up: ${JSON.stringify(vm)}`);
    await sleep(1_000);
  }
}

/** The certificate above that of the server, as somebody imports it once. */
async function authorityOf(host: string): Promise<string> {
  const socket = connect({ host, port: 443, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { issuerCertificate } = socket.getPeerCertificate(true);
  socket.destroy();
  return new X509Certificate(issuerCertificate.raw).toString();
}

async function fetchOver(url: URL, ca: string): Promise<Buffer> {
  const [response] = (await once(get(url, { ca, agent: false }), 'response')) as [IncomingMessage];
  return buffer(response);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('registerTemplate', () => {
  it('CS-11 takes the image plain and compressed, and one of them deploys', { timeout: 400_000 }, async () => {
    const sum = sha256(readFileSync(at('guest.qcow2.gz')));
    const names = ['guest.qcow2', 'guest.qcow2.gz', 'guest.qcow2.bz2', 'guest.qcow2.xz'];
    const ids = await Promise.all(names.map((name) => register(name, name.endsWith('.gz') ? { checksum: `{SHA-256}${sum}` } : {})));
    for (const id of ids) expect(await settled(id)).toMatchObject({ isready: true, status: 'Download Complete' });
    for (const id of ids)
      expect(sha256(readFileSync(join(cloud.folderOf('secondary'), filesOf(id)[0]!)))).toBe(sha256(readFileSync(at('guest.qcow2'))));
    expect(incoming()).toEqual([]);
    const machine = await deploy({
      zoneid: place.zoneid,
      templateid: ids[1]!,
      serviceofferingid: await cloud.createOffering(),
      name: 'from-gz',
    });
    expect(machine).toMatchObject({ state: 'Running' });
    const host = hostNames.find((name) => String(machine['hostname']).startsWith(name))!;
    await expect
      .poll(() => cloud.serialLog(host, String(machine['instancename'])), { timeout: 60_000, interval: 1_000 })
      .toContain('STRATA-GUEST READY');
    await cloud.admin.run('destroyVirtualMachine', { id: String(machine['id']), expunge: true });
    for (const id of ids) await cloud.admin.run('deleteTemplate', { id });
    expect(ids.flatMap(filesOf)).toEqual([]);
  });

  it.each<[string, string, Params, RegExp]>([
    ['a wrong checksum', 'guest.qcow2', { checksum: `{MD5}${'0'.repeat(32)}` }, /checksum is wrong/],
    ['a body that ends early', 'cut', {}, /after \d+ of \d+ bytes/],
    ['a web page', 'page.html', {}, /web page/],
    ['a backing file', 'backed.qcow2', {}, /backing file/],
    ['a disk of 8 EiB', 'huge.qcow2', {}, /8589934592\.0 GiB|virtual size is 9223372036854775808/],
    ['a redirect to loopback', 'to-loopback', {}, /127\.0\.0\.1.*loopback/],
    ['a redirect to link-local', 'to-metadata', {}, /169\.254\.169\.254.*link-local/],
    ['an internal address', 'http://192.168.77.1/x.qcow2', {}, /192\.168\.77\.1 is an internal address/],
  ])('S04 T09 T10 T11 refuses %s, and leaves nothing', { timeout: 200_000 }, async (_what, name, params, reason) => {
    const before = wholeFiles();
    const id = await register(name, params);
    expect(await settled(id, 180_000)).toMatchObject({ isready: false, status: expect.stringMatching(reason) as string });
    await cloud.admin.run('deleteTemplate', { id });
    expect(wholeFiles()).toEqual(before);
    await expect.poll(incoming, { timeout: 30_000 }).toEqual([]);
  });

  it('F33 goes on where it was when the machine dies during a download', { timeout: 900_000 }, async () => {
    const id = await register('slow');
    await expect
      .poll(async () => Number.parseInt(String((await show(id))['status'])), { timeout: 60_000, interval: 500 })
      .toBeGreaterThan(60);
    const vm = await storageVm();
    cloud.at(vm.host, `virsh destroy ${vm.name}`);
    const cutAt = performance.now();
    expect(await settled(id, 800_000)).toMatchObject({ isready: true });
    process.stdout.write(
      `the download that lost its machine was complete ${((performance.now() - cutAt) / 1_000).toFixed(1)} s later; ranges began at ${rangesAsked.join(', ')}\n`,
    );
    expect(rangesAsked.length).toBeGreaterThan(1);
    expect(rangesAsked.at(-1)).toBeGreaterThan(0);
    expect(sha256(readFileSync(join(cloud.folderOf('secondary'), filesOf(id)[0]!)))).toBe(sha256(readFileSync(at('slow'))));
    await cloud.admin.run('deleteTemplate', { id });
  });
});

describe('files by hand', () => {
  it('are taken once by a signed POST, and handed out under a link until that ends', { timeout: 300_000 }, async () => {
    const { getuploadparams } = (await cloud.admin.call('getUploadParamsForTemplate', {
      name: 'sent',
      format: 'QCOW2',
      hypervisor: 'KVM',
      zoneid: place.zoneid,
      checksum: sha256(readFileSync(at('guest.qcow2'))),
    })) as { getuploadparams: Record<'id' | 'postURL' | 'metadata' | 'expires' | 'signature', string> };
    const { id, postURL, metadata, expires, signature } = getuploadparams;
    const headers = { 'x-metadata': metadata, 'x-expires': expires, 'x-signature': signature };
    const send = async (changed: Record<string, string> = {}): Promise<number> => {
      const form = new FormData();
      form.append('file', new Blob([readFileSync(at('guest.qcow2'))]), 'guest.qcow2');
      return fetch(postURL, { method: 'POST', headers: { ...headers, ...changed }, body: form }).then(
        ({ status }) => status,
        () => 0,
      );
    };
    expect(await send({ 'x-signature': '0'.repeat(64) })).not.toBe(200);
    expect(await send({ 'x-expires': '2099-01-01T00:00:00.000Z' })).not.toBe(200);
    expect(await send()).toBe(200);
    expect(await send()).not.toBe(200);
    expect(await settled(id)).toMatchObject({ isready: true });

    await cloud.admin.call('updateConfiguration', { name: 'extract.url.expiration.interval', value: '20' });
    const link = await cloud.admin.run('extractTemplate', { id, mode: 'HTTP_DOWNLOAD', zoneid: place.zoneid });
    const fetched = await fetch(String(link['url']));
    expect([fetched.status, sha256(new Uint8Array(await fetched.arrayBuffer()))]).toEqual([200, sha256(readFileSync(at('guest.qcow2')))]);
    const part = await fetch(String(link['url']), { headers: { range: 'bytes=100-199' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 100]);
    expect((await fetch(`${String(link['url']).replace(/userdata\/./, 'userdata/_')}`)).status).toBe(404);
    await sleep(21_000);
    expect((await fetch(String(link['url']))).status).toBe(404);

    await cloud.admin.call('updateConfiguration', { name: 'extract.url.expiration.interval', value: '14400' });
    const second = await cloud.admin.run('extractTemplate', { id, mode: 'HTTP_DOWNLOAD' });
    expect((await fetch(String(second['url']), { method: 'HEAD' })).status).toBe(200);
    await cloud.admin.run('deleteTemplate', { id });
    expect((await fetch(String(second['url']))).status).toBe(404);
  });
});

describe('TLS', () => {
  it(
    'hands a stopped machine’s disk out under the authority of the installation, whole and without its template',
    { timeout: 300_000 },
    async () => {
      const templateid = await cloud.installGuest();
      const machine = await deploy({
        zoneid: place.zoneid,
        templateid,
        serviceofferingid: await cloud.createOffering(),
        name: 'taken-home',
      });
      const virtualmachineid = String(machine['id']);
      const [root] = await cloud.admin.list('listVolumes', { virtualmachineid });
      const request = { id: String(root!['id']), zoneid: place.zoneid, mode: 'HTTP_DOWNLOAD' };
      expect((await cloud.admin.refused('extractVolume', request)).text).toContain('which is Running: stop it first');
      await cloud.admin.run('stopVirtualMachine', { id: virtualmachineid, forced: true });
      await cloud.admin.call('updateConfiguration', { name: 'secstorage.encrypt.copy', value: 'true', zoneid: place.zoneid });
      const url = new URL(String((await cloud.admin.run('extractVolume', request, 120_000))['url']));
      expect(url.protocol).toBe('https:');
      const authority = await authorityOf(url.hostname);
      writeFileSync(at('disk.qcow2'), await fetchOver(url, authority));
      const facts = JSON.parse(
        execFileSync('qemu-img', ['info', '-f', 'qcow2', '--output=json', at('disk.qcow2')], { encoding: 'utf8' }),
      ) as Body;
      expect(facts).toMatchObject({ format: 'qcow2', 'virtual-size': root!['size'] });
      expect(facts).not.toHaveProperty('backing-filename');
      const [primary] = cloud.files('primary').filter((file) => file.includes(String(root!['id'])));
      execFileSync('qemu-img', [
        'compare',
        '-q',
        '-f',
        'qcow2',
        '-F',
        'qcow2',
        join(cloud.folderOf('primary'), primary!),
        at('disk.qcow2'),
      ]);
      await cloud.admin.call('updateConfiguration', { name: 'secstorage.encrypt.copy', value: 'false', zoneid: place.zoneid });
      await cloud.admin.run('destroyVirtualMachine', { id: virtualmachineid, expunge: true });
    },
  );
});

describe('ISOs', () => {
  it('CS-12 go into the drive of a running machine and out again', { timeout: 300_000 }, async () => {
    const reply = await cloud.admin.call('registerIso', { name: 'rescue', url: `${site}/rescue.iso`, zoneid: place.zoneid });
    const iso = String((reply['iso'] as Body[])[0]!['id']);
    await expect
      .poll(async () => (await cloud.admin.list('listIsos', { isofilter: 'self', id: iso }))[0]!['isready'], {
        timeout: 60_000,
        interval: 500,
      })
      .toBe(true);
    const templateid = await cloud.installGuest();
    const machine = await deploy({
      zoneid: place.zoneid,
      templateid,
      serviceofferingid: await cloud.createOffering(),
      name: 'with-drive',
    });
    const virtualmachineid = String(machine['id']);
    const host = hostNames.find((name) => String(machine['hostname']).startsWith(name))!;
    const medium = () => cloud.at(host, `virsh domblklist ${String(machine['instancename'])} | awk '$1 == "hdc" { print $2 }'`);
    expect(medium()).toBe('-');
    await cloud.admin.run('attachIso', { id: iso, virtualmachineid });
    expect(medium()).toContain(`template/${iso}.iso`);
    await cloud.admin.run('detachIso', { virtualmachineid });
    expect(medium()).toBe('-');
    await cloud.admin.run('destroyVirtualMachine', { id: virtualmachineid, expunge: true });
    await cloud.admin.run('deleteIso', { id: iso });
    expect([...cloud.files('secondary'), ...cloud.files('primary')].filter((file) => file.includes(iso))).toEqual([]);
  });
});

it('I4 I10 leaves rows and files of stores and templates that agree', { timeout: 60_000 }, async () => {
  const differences = await cloud.differences();
  expect(differences.filter(({ check, subject }) => /^I(2|10)\./.test(String(check)) || String(subject).includes('template/'))).toEqual([]);
});
