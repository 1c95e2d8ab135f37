// The console proxy as a role: half a configuration is none.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsoleProxyConfiguration } from '@strata/domain';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OpenPort, RunningRole } from '../role.ts';
import { consoleRole } from './console-role.ts';

let folder: string;
let role: RunningRole;
/** What the packet filter was told. */
let opened: (readonly OpenPort[])[];
let isFilterBroken: boolean;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-console-role-'));
  opened = [];
  isFilterBroken = false;
  role = consoleRole.create({
    boot: {
      version: 1,
      kind: 'consoleproxy',
      uuid: 'a8098c1a-f86e-11da-bd1a-00112444be1e',
      name: 'v-1-VM',
      nics: [],
      dns: [],
      authorizedKey: 'ssh-ed25519 AAAA',
    },
    runFolder: folder,
    stateFolder: folder,
    log: () => undefined,
    async openPorts(ports) {
      if (isFilterBroken) throw new Error('nft failed');
      opened.push(ports);
    },
  });
});
afterEach(async () => {
  await role.stop();
  rmSync(folder, { recursive: true });
});

async function configuration(): Promise<ConsoleProxyConfiguration> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, () => resolve()));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return { port, tls: null, publicHosts: [], idleTimeoutMs: 5_000, maxSessions: 2 };
}

it('opens its port when it is asked again after the packet filter has failed', async () => {
  const wanted = await configuration();
  isFilterBroken = true;
  await expect(role.configure(wanted)).rejects.toThrow('nft failed');
  await expect(fetch(`http://127.0.0.1:${wanted.port}/`)).rejects.toThrow();
  isFilterBroken = false;
  await role.configure(wanted);
  expect(opened).toEqual([[{ protocol: 'tcp', port: wanted.port, on: 'management' }]]);
  expect((await fetch(`http://127.0.0.1:${wanted.port}/`)).status).toBe(200);
});

it('does nothing for the configuration that it has', async () => {
  const wanted = await configuration();
  await role.configure(wanted);
  await role.configure(structuredClone(wanted));
  expect(opened).toHaveLength(1);
});
