// Runs the router's part of the agent by itself, for tests in a network namespace: FOLDER with boot.json, its socket is FOLDER/agent.sock.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemVmBootData } from '@strata/domain';
import { Agent } from '../src/agent.ts';
import { loadFirewall } from '../src/firewall.ts';
import { routerRole } from '../src/router/router-role.ts';
import { serveAgent } from '../src/server.ts';

const folder = process.argv[2]!;
const boot = JSON.parse(readFileSync(join(folder, 'boot.json'), 'utf8')) as SystemVmBootData;
const log = (line: string): void => void process.stdout.write(`${line}\n`);
const role = routerRole.create({
  boot,
  runFolder: join(folder, 'run'),
  stateFolder: join(folder, 'state'),
  log,
  openPorts: loadFirewall,
});
const agent = new Agent({ boot, templateVersion: 'test', uptimeSeconds: async () => process.uptime(), role });
const server = await serveAgent(agent, join(folder, 'agent.sock'), log);
process.once('SIGTERM', () => {
  server.close();
  void role.stop().then(() => process.exit(0));
});
log('READY');
