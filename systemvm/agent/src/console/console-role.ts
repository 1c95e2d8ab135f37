// The console proxy as a role of the agent.
import { join } from 'node:path';
import type { ConsoleProxyConfiguration } from '@strata/domain';
import { readTls } from '../read-tls.ts';
import { list, object, text, whole } from '../read.ts';
import type { AgentRole, RoleMachine, RunningRole } from '../role.ts';
import { ConsoleServer } from './console-server.ts';
import { readPageFiles } from './page-files.ts';

const readConfiguration = object<ConsoleProxyConfiguration>({
  port: whole(1, 65_535),
  tls: readTls,
  publicHosts: list(text(253), 16),
  idleTimeoutMs: whole(1_000, 7 * 24 * 3_600_000),
  maxSessions: whole(1, 10_000),
});

export const consoleRole: AgentRole = {
  kind: 'consoleproxy',
  create: (machine) => new ConsoleProxy(machine),
};

class ConsoleProxy implements RunningRole {
  readonly commands = {};
  private server: ConsoleServer | undefined;
  private applied = '';
  private readonly files = readPageFiles();
  private readonly machine: RoleMachine;

  constructor(machine: RoleMachine) {
    this.machine = machine;
    this.files.catch(() => undefined);
  }

  readConfiguration(body: unknown): ConsoleProxyConfiguration {
    return readConfiguration(body, 'configuration');
  }

  /** Another configuration ends the consoles that are open: they were let in by the old one. */
  async configure(configuration: ConsoleProxyConfiguration): Promise<void> {
    const wanted = JSON.stringify(configuration);
    if (this.server !== undefined && this.applied === wanted) return;
    await this.stop();
    const managementSocket = join(this.machine.runFolder, 'management.sock');
    const log = (line: string): void => this.machine.log(line);
    const server = new ConsoleServer({ configuration, files: await this.files, managementSocket, log });
    try {
      await server.listen();
      await this.machine.openPorts([{ protocol: 'tcp', port: configuration.port, on: 'management' }]);
    } catch (error) {
      await server.close();
      throw error;
    }
    this.server = server;
    this.applied = wanted;
  }

  troubles(): readonly string[] {
    return [];
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.close();
  }
}
