// Start-up of the agent in a system machine: network, firewall, SSH server, the role, then commands.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { agentSocketPath } from '@strata/domain';
import { Agent } from './agent.ts';
import { readBootData } from './boot-data.ts';
import { loadFirewall } from './firewall.ts';
import { setUpNetwork } from './network.ts';
import { roleOf } from './roles.ts';
import { serveAgent } from './server.ts';
import { setUpSshServer } from './ssh-server.ts';

const runFolder = dirname(agentSocketPath);
const stateFolder = '/var/lib/strata';

/** Standard output is the serial console. */
function log(line: string): void {
  process.stdout.write(`STRATA-SYSTEMVM ${line}\n`);
}

async function uptimeSeconds(): Promise<number> {
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
}

async function main(): Promise<void> {
  const boot = await readBootData();
  await mkdir(runFolder, { recursive: true, mode: 0o755 });
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await setUpNetwork(boot);
  await loadFirewall([]);

  const role = roleOf(boot.kind)?.create({ boot, runFolder, stateFolder, log, openPorts: loadFirewall });
  const templateVersion = (await readFile('/etc/strata/template-version', 'utf8')).trim();
  const agent = new Agent({ boot, templateVersion, uptimeSeconds, role });
  const server = await serveAgent(agent, agentSocketPath, log);
  await setUpSshServer(boot, runFolder);

  const stop = async (): Promise<void> => {
    server.close();
    server.closeIdleConnections();
    await role?.stop();
    log('agent stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stop().catch((error: unknown) => {
        log(`the agent could not stop in order: ${String(error)}`);
        process.exit(1);
      });
    });
  log(`READY kind=${boot.kind} name=${boot.name} version=${templateVersion} seconds=${(await uptimeSeconds()).toFixed(1)}`);
}

main().catch((error: unknown) => {
  log(`the agent can't start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
