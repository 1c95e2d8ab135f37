// T07: no text of a user reaches a host as it was sent. Hosts get names and paths of our own making, or what a strict grammar let through.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from '../src/app.module.ts';
import type { Param } from '../src/kernel/command/param.ts';
import type { EntityClass } from '../src/kernel/command/resource.ts';
import type { Params } from './harness/api-client.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';
import { plausible, type Sent } from './harness/parameter-samples.ts';

const mark = 'Taint7';
const folder = mkdtempSync(join(tmpdir(), 'strata-taint-'));
const payloads = [
  `';touch ${folder}/${mark};'`,
  `$(touch ${folder}/${mark})`,
  `\`touch ${folder}/${mark}\``,
  `--${mark}=x`,
  `%${mark}%s%n`,
  `../../${mark}`,
  `</name><${mark}/>`,
  `${mark}\u2028\u202e\ufeff`,
];
/** What may stand in a name that only people read. */
const printable = payloads.slice(0, -1);

let cloud: Cloud;
let someRow: ReadonlyMap<string, string>;

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.deploy({ name: 'clean' });
  const rows = new Map<string, string>();
  for (const { entity } of areas.flatMap(({ resources }) => resources)) {
    const row = await cloud.server.dataSource.getRepository(entity as EntityClass).findOne({ where: {}, order: { id: 'ASC' } });
    if (row) rows.set(entity.name, row.uuid);
  }
  someRow = rows;
}, 60_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

/** All that hosts were ever told, and all that they hold. */
const toldToHosts = () => readFileSync(join(cloud.server.config.dataFolder, 'simulator.journal'), 'utf8');

function expectClean(): void {
  expect(
    toldToHosts()
      .split('\n')
      .filter((line) => line.includes(mark)),
  ).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(mark)).toBe(false);
}

describe('what hosts do get to read', () => {
  const place = () => ({ zoneid: cloud.zone.zoneId, podid: cloud.zone.podId, clusterid: cloud.zone.clusterId });
  const host = () => ({ ...place(), hypervisor: 'Simulator', username: 'root', password: 'password', url: 'http://sim-77.rack.test' });
  const doors: readonly (readonly [string, (payload: string) => Params])[] = [
    ['addHost', (payload) => ({ ...host(), url: payload })],
    ['addHost', (payload) => ({ ...host(), url: `http://${payload}` })],
    ['addHost', (payload) => ({ ...host(), username: payload })],
    ['createStoragePool', (payload) => ({ ...place(), name: 'p', url: `nfs://sim-nfs/${payload}` })],
    ['createStoragePool', (payload) => ({ ...place(), name: 'p', url: `nfs://${payload}/export` })],
    ['addImageStore', (payload) => ({ provider: 'NFS', zoneid: cloud.zone.zoneId, url: `nfs://sim-nfs/${payload}` })],
    ['addSecondaryStorage', (payload) => ({ zoneid: cloud.zone.zoneId, url: `nfs://${payload}/export` })],
    ['runDoctor', (payload) => ({ host: payload, password: 'password' })],
    ['runDoctor', (payload) => ({ nfs: `nfs://sim-nfs/${payload}` })],
  ];

  it.each(doors)('%s refuses it (%#)', async (command, params) => {
    for (const payload of payloads) {
      const { code, text } = await cloud.server.admin.refused(command, params(payload));
      expect(code, `${payload}: ${text}`).toBe(431);
    }
    expectClean();
  });

  it('is a bridge whose name is one', async () => {
    const [physical] = await cloud.server.admin.list('listPhysicalNetworks', { zoneid: cloud.zone.zoneId });
    const [traffic] = await cloud.server.admin.list('listTrafficTypes', { physicalnetworkid: String(physical!['id']) });
    for (const payload of payloads)
      expect((await cloud.server.admin.refused('updateTrafficType', { id: String(traffic!['id']), kvmnetworklabel: payload })).code).toBe(
        431,
      );
  });

  it('is a file whose path is whole and whose bytes are an image', async () => {
    const params = { name: 't', ostype: '1', secondary: cloud.zone.storeUrl, hypervisor: 'Simulator' };
    for (const payload of payloads) {
      const path = join(cloud.server.config.dataFolder, payload);
      expect((await cloud.server.local.refused('installTemplate', { ...params, path })).code).toBe(431);
    }
    expectClean();
  });
});

describe('every text parameter of every command', () => {
  const isText = ({ type, ref, values }: Param) => ['string', 'list', 'map'].includes(type) && !ref && !values;
  const commands = areas
    .flatMap((area) => area.commands)
    .filter(({ params }) => Object.values(params).some(isText))
    .map((command) => [command.name, command] as const);

  /** Values that the command takes, as far as they can be known: rows that are there, words that are meant. */
  const sample = (name: string, param: Param): Sent => {
    const row = param.ref && someRow.get(param.ref.entity.name);
    return row === undefined ? plausible(name, param) : { [name]: row };
  };

  it.each(commands)('%s tells hosts nothing of it, whatever it answers', async (name, command) => {
    const { admin } = cloud.server;
    const required = Object.entries(command.params).filter(([, param]) => param.required);
    const base = Object.assign({}, ...required.map(([key, param]) => sample(key, param))) as Sent;
    for (const [key, param] of Object.entries(command.params).filter(([, each]) => isText(each))) {
      for (const payload of payloads) {
        const sent = param.type === 'map' ? { [`${key}[0].key`]: payload, [`${key}[0].value`]: payload } : { [key]: payload };
        const { status, text } = await admin.send('', { body: admin.query({ command: name, response: 'json', ...base, ...sent }) });
        expect([500, 530], `${key}: ${text}`).not.toContain(status);
      }
    }
    expectClean();
  });
});

describe('names that only people read', () => {
  it('go with a machine from its deploy to its end, and hosts never hear of them', async () => {
    const { admin } = cloud.server;
    const before = toldToHosts().length;
    for (const [at, payload] of printable.entries()) {
      const vm = await cloud.deploy({
        name: `named${at}`,
        displayname: payload,
        group: payload,
        userdata: Buffer.from(payload).toString('base64'),
      });
      expect(vm).toMatchObject({ displayname: payload });
      const id = String(vm['id']);
      await admin.run('rebootVirtualMachine', { id });
      await admin.run('stopVirtualMachine', { id, forced: true });
      await admin.run('destroyVirtualMachine', { id, expunge: true });
    }
    expect(toldToHosts().length).toBeGreaterThan(before);
    expectClean();
    expect(await cloud.server.local.list('verifyInventory')).toEqual([]);
  });
});
