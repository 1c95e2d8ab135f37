// The part of a secondary-storage VM: mounts the stores, brings files into them, and hands files out.
import type { StorageConfiguration } from '@strata/domain';
import type { AgentRole, RoleCommands, RoleMachine, RunningRole } from '../role.ts';
import { AddressPolicy } from './address-policy.ts';
import { readDownload, readForget, readNothing, readPublish, readStorageConfiguration, readUnpublish } from './read-storage.ts';
import { Outbound } from './outbound.ts';
import { StoreMounts } from './store-mounts.ts';
import { Transfers } from './transfers.ts';
import { WebServer } from './web-server.ts';

const remountEveryMs = 15_000;

export const storageRole: AgentRole = { kind: 'secondarystoragevm', create: (machine) => new Storage(machine) };

class Storage implements RunningRole {
  readonly commands: RoleCommands;
  readonly #machine: RoleMachine;
  readonly #mounts = new StoreMounts();
  readonly #transfers: Transfers;
  readonly #web: WebServer;
  readonly #address: string;
  readonly #timer: NodeJS.Timeout;

  constructor(machine: RoleMachine) {
    const card = machine.boot.nics.find(({ purpose }) => purpose === 'management');
    if (!card) throw new Error('the boot data of a secondary-storage VM has no management card');
    this.#machine = machine;
    this.#address = card.ip;
    this.#transfers = new Transfers(this.#mounts, new Outbound(new AddressPolicy([])), (line) => machine.log(line));
    this.#web = new WebServer(this.#transfers, this.#mounts);
    this.commands = this.#commands();
    this.#timer = setInterval(() => void this.#mounts.retry().catch((error: unknown) => machine.log(String(error))), remountEveryMs);
    this.#timer.unref();
  }

  readConfiguration(value: unknown, where: string): StorageConfiguration {
    return readStorageConfiguration(value, where);
  }

  async configure({ port, tls, stores, allowedInternalSites, uploadKey }: StorageConfiguration): Promise<void> {
    this.#transfers.outbound = new Outbound(new AddressPolicy(allowedInternalSites));
    this.#web.uploadKey = Buffer.from(uploadKey, 'hex');
    await this.#mounts.bring(stores);
    await this.#web.listen(this.#address, port, tls);
    await this.#machine.openPorts([{ protocol: 'tcp', port, on: 'management' }]);
  }

  troubles(): readonly string[] {
    return this.#mounts.troubles;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#web.stop();
    await this.#transfers.stop();
  }

  #commands(): RoleCommands {
    const done = {} as Record<string, never>;
    return {
      'storage.download': {
        read: readDownload,
        run: async (request) => {
          await this.#transfers.download(request);
          return done;
        },
      },
      'storage.forget': {
        read: readForget,
        run: async ({ id, store }) => {
          await this.#transfers.forget(id, store);
          return done;
        },
      },
      'storage.publish': {
        read: readPublish,
        run: async (request) => {
          await this.#web.publish(request);
          return done;
        },
      },
      'storage.unpublish': {
        read: readUnpublish,
        run: async ({ id }) => {
          this.#web.unpublish(id);
          return done;
        },
      },
      'storage.report': {
        read: readNothing,
        run: async () => ({ transfers: await this.#transfers.report(), links: this.#web.published }),
      },
    };
  }
}
