// The guests of a router outlive its agent: entries, user data and passwords are read back as they were.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouterGuest } from '@strata/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestStore } from './guest-store.ts';

const mac = '06:00:00:00:01:00';
const bytes = Buffer.from([0, 255, 10, 13, 0]);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const guest = (over: Partial<RouterGuest> = {}): RouterGuest => ({
  mac,
  ip: '10.1.0.9',
  hostName: 'web1',
  uuid: 'c0ffee00-0000-4000-8000-000000000001',
  serviceOffering: 'small',
  publicKeys: [],
  userDataRevision: null,
  digest: 'd',
  ...over,
});

let folder: string;
let store: GuestStore;
async function open(): Promise<GuestStore> {
  const opened = new GuestStore(folder);
  await opened.load();
  return opened;
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strata-guests-'));
  store = await open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a guest', () => {
  it('is read back with user data and password', async () => {
    await store.putUserData(mac, 'r1', bytes.toString('base64'), sha256);
    await store.putPassword(mac, 'p1', 'Secret-1');
    await store.put([guest({ userDataRevision: 'r1' })]);
    const again = await open();
    const [found] = again.all();
    expect(found).toEqual(guest({ userDataRevision: 'r1' }));
    expect(await again.userData(found!)).toEqual(bytes);
    expect(again.passwordOf(found!)).toBe('Secret-1');
  });

  it('is refused without its user data, and user data without its checksum', async () => {
    await expect(store.put([guest({ userDataRevision: 'r9' })])).rejects.toThrow('send it first');
    await expect(store.putUserData(mac, 'r1', bytes.toString('base64'), '0'.repeat(64))).rejects.toThrow('checksum');
    expect(store.report()).toEqual([]);
  });

  it('takes its address from whoever had it', async () => {
    await store.put([guest()]);
    await store.put([guest({ mac: '06:00:00:00:02:00' })]);
    expect(store.all().map((one) => one.mac)).toEqual(['06:00:00:00:02:00']);
  });

  it('keeps its place among the others', async () => {
    const macs = ['06:00:00:00:03:00', '06:00:00:00:01:00', '06:00:00:00:02:00'];
    await store.put(macs.map((one, at) => guest({ mac: one, ip: `10.1.0.${at + 20}` })));
    await store.put([guest({ mac: macs[0]!, ip: '10.1.0.20', digest: 'later' })]);
    const again = await open();
    await again.put([guest({ mac: '06:00:00:00:00:00', ip: '10.1.0.30' })]);
    for (const one of [again, await open()]) expect(one.all().map(({ mac: found }) => found)).toEqual([...macs, '06:00:00:00:00:00']);
  });

  it('leaves nothing behind', async () => {
    await store.putUserData(mac, 'r1', bytes.toString('base64'), sha256);
    await store.putPassword(mac, 'p1', 'Secret-1');
    await store.put([guest({ userDataRevision: 'r1' })]);
    await store.remove([mac, '06:00:00:00:09:00']);
    expect(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())).toEqual([]);
    expect((await open()).report()).toEqual([]);
  });

  it('forgets older user data', async () => {
    for (const revision of ['r1', 'r2']) {
      await store.putUserData(mac, revision, bytes.toString('base64'), sha256);
      await store.put([guest({ userDataRevision: revision })]);
    }
    expect(readdirSync(join(folder, 'user-data'))).toEqual(['06-00-00-00-01-00_r2']);
  });
});

it('keeps no password that was taken', async () => {
  await store.put([guest()]);
  await store.putPassword(mac, 'p1', 'Secret-1');
  await store.forgetPassword(guest());
  expect(readFileSync(join(folder, 'passwords', readdirSync(join(folder, 'passwords'))[0]!), 'utf8')).not.toContain('Secret-1');
  await store.putPassword(mac, 'p1', 'Secret-1');
  expect((await open()).passwordOf(guest())).toBeNull();
  expect(store.report()).toEqual([{ mac, digest: 'd', userDataRevision: null, password: { revision: 'p1', isTaken: true } }]);
});

it('leaves out what a crash cut off', async () => {
  await store.put([guest()]);
  writeFileSync(join(folder, 'guests', '06-00-00-00-01-00'), '{"mac":"06');
  writeFileSync(join(folder, 'user-data', '06-00-00-00-01-00_r1.half'), 'x');
  expect((await open()).report()).toEqual([]);
});
