// Consoles in a real browser: from the API's link through the console proxy to the screen of a guest on a lab host, and what ends them.
import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keysOf } from '../../../../systemvm/agent/page/keyboard.js';
import { ConsoleSession } from '../clients/console-session.ts';
import type { Body } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud, type LabPlace, systemVmEnvironment } from '../harness/lab-cloud.ts';

/** Where pictures of what the tests saw are left. */
const pictures = process.env['STRATA_CONSOLE_PICTURES'] ?? join(tmpdir(), 'strata-console-pictures');
const patience = { timeout: 60_000, interval: 250 };

let cloud: LabCloud;
let place: LabPlace;
let browser: Browser;
let vm: Body;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  cloud = await LabCloud.start('console', systemVmEnvironment());
  const { admin } = cloud;
  place = await cloud.createPlace({ systemVms: true });
  for (const host of hostNames) await cloud.addHost(host, place);
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
  const templateid = await cloud.installGuest();
  // The guest is there before all else, so that only the console's own machines are waited for.
  await wantSystemVms(false);
  await admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
  // The lab is the one place where nobody listens on the way.
  await admin.call('updateConfiguration', { name: 'consoleproxy.sslEnabled', value: 'false', zoneid: place.zoneid });
  const deploy = {
    zoneid: place.zoneid,
    templateid,
    serviceofferingid: await cloud.createOffering(),
    name: 'guest-one',
    displayname: 'Gast Nº 1',
  };
  vm = await admin.run('deployVirtualMachine', deploy);
  await wantSystemVms(true);
  await vi.waitFor(async () => expect((await proxy())?.['agentstate']).toBe('Up'), { timeout: 300_000, interval: 1_000 });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
}, 120_000);

const wantSystemVms = (wanted: boolean) =>
  cloud.admin.call('updateConfiguration', { name: 'system.vms', value: String(wanted), zoneid: place.zoneid });

const hostOf = (machine: Body): HostName => hostNames.find((host) => String(machine['hostname']).startsWith(host))!;
const proxy = async (): Promise<Body | undefined> => (await cloud.admin.list('listSystemVms', { systemvmtype: 'consoleproxy' }))[0];
const serial = () => cloud.serialLog(hostOf(vm), String(vm['instancename']));

async function linkTo(machine: Body): Promise<string> {
  const { consoleendpoint } = (await cloud.admin.call('createConsoleEndpoint', { virtualmachineid: String(machine['id']) })) as {
    consoleendpoint: { url: string };
  };
  return consoleendpoint.url;
}

/** A window of its own, whose reports of broken policies fail the test. */
async function open(url: string, ignoreHTTPSErrors = false): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors, viewport: { width: 900, height: 640 } });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) violations.push(message.text());
  });
  page.on('requestfailed', (request) => {
    if (request.url().endsWith('.js')) violations.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('pageerror', (error) => violations.push(String(error)));
  await page.goto(url);
  return page;
}
const violations: string[] = [];

const status = (page: Page) => page.getByRole('status').textContent();
const reason = (page: Page) => page.locator('#reason').textContent();
/** With the reason when it is closed instead. */
const connected = (page: Page) =>
  expect.poll(async () => [await status(page), await reason(page)].join(' ').trim(), patience).toBe('Connected');
const closed = (page: Page) => expect.poll(() => status(page), patience).toBe('Closed');

interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): { getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray } };
}

/** How many pixels of the screen are not black. */
const litPixels = (page: Page): Promise<number> =>
  page.locator('#screen canvas').evaluate((node: unknown) => {
    const canvas = node as Canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let lit = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at]! + data[at + 1]! + data[at + 2]! > 60) lit += 1;
    return lit;
  });

/** As fingers do: with the shift key where it is needed. */
async function type(page: Page, text: string): Promise<void> {
  for (const { code, keysym, down } of [...text].flatMap((character) => keysOf(character, 'keysym'))) {
    expect(code, String.fromCodePoint(keysym)).not.toBeNull();
    if (down) await page.keyboard.down(code!);
    else await page.keyboard.up(code!);
    // A slow guest drops what does not fit its keyboard's buffer.
    await page.waitForTimeout(15);
  }
}

describe('must-hold 5: in a browser', () => {
  let page: Page;

  it('CS-45 the page shows the screen of the guest, and typed text appears on it', async () => {
    page = await open(await linkTo(vm));
    await connected(page);
    expect(await page.title()).toBe('Gast Nº 1 – Console');
    expect(page.url()).not.toContain('token');
    await expect.poll(() => litPixels(page), patience).toBeGreaterThan(100);
    const before = await litPixels(page);
    await page.locator('#screen canvas').click();
    await type(page, 'echo "Typed by hand: ~{[()]}~ #1" | tee /dev/ttyS0');
    await page.keyboard.press('Enter');
    await expect.poll(serial, patience).toContain('Typed by hand: ~{[()]}~ #1');
    await expect.poll(() => litPixels(page), patience).toBeGreaterThan(before + 200);
    await page.screenshot({ path: join(pictures, 'typed.png') });
  });

  it('pasted text is typed, characters of other alphabets too', async () => {
    await page.getByRole('button', { name: 'Paste…' }).click();
    await page.getByLabel('Text to type').fill('clear; echo "Grüße: ñ € Ω | {a}~$" | tee /dev/ttyS0\n');
    await page.screenshot({ path: join(pictures, 'paste.png') });
    await page.getByRole('button', { name: 'Type it' }).click();
    await expect.poll(() => status(page), patience).toMatch(/^Typed \d+ characters$/);
    await expect.poll(serial, patience).toMatch(/\nGrüße: ñ € Ω \| \{a\}~\$/);
    await page.screenshot({ path: join(pictures, 'pasted.png') });
  });

  it('X03 the same link a second time is refused, with a hint how to go on', async () => {
    const url = await linkTo(vm);
    const first = await open(url);
    await connected(first);
    const second = await open(url);
    await closed(second);
    expect(await reason(second)).toContain('used already');
    await second.screenshot({ path: join(pictures, 'refused.png') });
    expect(await status(first)).toBe('Connected');
    await first.context().close();
    await second.context().close();
  });

  it('no page breaks its own policy', () => {
    expect(violations).toEqual([]);
  });

  it('X03 logging out ends consoles and links', async () => {
    const session = await ConsoleSession.open(cloud.server.url, 'admin', 'password');
    const link = async () => {
      const { consoleendpoint } = (await session.get('createConsoleEndpoint', { virtualmachineid: String(vm['id']) })) as {
        consoleendpoint: { url: string };
      };
      return consoleendpoint.url;
    };
    const looking = await open(await link());
    await connected(looking);
    const late = await link();
    await session.send('logout');
    await closed(looking);
    const refused = await open(late);
    await closed(refused);
    expect(await reason(refused)).toContain('your login has ended');
    await looking.context().close();
    await refused.context().close();
  });

  it('X03 T22 moving the machine ends its console; a new link shows it at its new place, behind its password', async () => {
    const source = hostOf(vm);
    const hosts = await cloud.admin.list('listHosts', { type: 'Routing' });
    const target = hosts.find(({ id }) => id !== vm['hostid'])!;
    const late = await linkTo(vm);
    vm = await cloud.admin.run('migrateVirtualMachine', { virtualmachineid: String(vm['id']), hostid: String(target['id']) });
    expect(hostOf(vm)).not.toBe(source);
    await closed(page);
    const refused = await open(late);
    await closed(refused);
    expect(await reason(refused)).toContain('has stopped or moved');
    await refused.context().close();
    await page.context().close();
    page = await open(await linkTo(vm));
    await connected(page);
    await page.locator('#screen canvas').click();
    await type(page, 'echo moved | tee /dev/ttyS0');
    await page.keyboard.press('Enter');
    await expect.poll(serial, patience).toContain('moved');
  });

  it('X03 stopping the machine ends consoles and links', async () => {
    const late = await linkTo(vm);
    await cloud.admin.run('stopVirtualMachine', { id: String(vm['id']), forced: true });
    await closed(page);
    const refused = await open(late);
    await closed(refused);
    expect(await reason(refused)).toContain('has stopped or moved');
    await expect(linkTo(vm)).rejects.toThrow('only a running one has a console');
    vm = await cloud.admin.run('startVirtualMachine', { id: String(vm['id']) }, 240_000);
    await refused.context().close();
    await page.context().close();
  });
});

describe('T22 the display itself', () => {
  it('listens on the loopback of its host alone, and asks for a password', async () => {
    const host = hostOf(vm);
    const display = cloud.at(host, `virsh vncdisplay ${String(vm['instancename'])}`);
    expect(display).toMatch(/^127\.0\.0\.1:\d+$/);
    const port = 5_900 + Number(display.split(':')[1]);
    expect(await reaches(cloud.addressOf(host), port)).toBe(false);
    // What the server offers to whoever connects there: one security type, VNC's password.
    const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; head -c 12 <&3 >/dev/null; printf 'RFB 003.008\\n' >&3; head -c 2 <&3 | od -An -tu1`;
    expect(cloud.at(host, `bash -c "${script.replaceAll('"', '\\"')}"`)).toMatch(/^\s*1\s+2\s*$/);
  });
});

describe('must-hold 7: the console proxy', () => {
  it('F33 destroyed in use: consoles fail cleanly, and can be opened again after it was replaced', async () => {
    const page = await open(await linkTo(vm));
    await connected(page);
    const before = await proxy();
    cloud.at(hostOf(before!), `virsh destroy ${String(before!['name'])}`);
    await closed(page);
    await expect.poll(async () => (await proxy())?.['state'], patience).not.toBe('Running');
    await expect.poll(async () => (await proxy())?.['agentstate'], { timeout: 240_000, interval: 1_000 }).toBe('Up');
    expect(cloud.machines().filter((line) => / v-\d+-VM$/.test(line))).toHaveLength(1);
    await expect
      .poll(
        async () => {
          const again = await open(await linkTo(vm));
          await expect.poll(() => status(again), patience).toMatch(/Connected|Closed/);
          const shown = await status(again);
          await again.context().close();
          return shown;
        },
        { timeout: 60_000, interval: 2_000 },
      )
      .toBe('Connected');
    await page.context().close();
  }, 360_000);

  it('serves over TLS with a certificate of the installation when nobody asks for less', async () => {
    await cloud.admin.call('updateConfiguration', { name: 'consoleproxy.sslEnabled', value: 'true', zoneid: place.zoneid });
    const url = await linkTo(vm);
    expect(url).toMatch(/^https:/);
    await expect
      .poll(
        async () => {
          const page = await open(await linkTo(vm), true).catch(() => undefined);
          if (!page) return 'unreachable';
          await expect.poll(() => status(page), patience).toMatch(/Connected|Closed/);
          const shown = await status(page);
          await page.context().close();
          return shown;
        },
        { timeout: 60_000, interval: 2_000 },
      )
      .toBe('Connected');
  }, 120_000);

  it('leaves nothing behind', async () => {
    expect(await cloud.differences()).toEqual([]);
  });
});

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 3_000 });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}
