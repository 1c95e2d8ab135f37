// The part of a virtual router: DHCP and DNS by dnsmasq, metadata and passwords over HTTP, for exactly the guests it was told of.
import type { Server } from 'node:http';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouterConfiguration } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import type { AgentRole, OpenPort, RoleCommands, RoleMachine, RunningRole } from '../role.ts';
import { runTool } from '../tool.ts';
import { Dnsmasq } from './dnsmasq.ts';
import { dnsmasqConfiguration, type DnsmasqPlace, guestsFile, namesFile } from './dnsmasq-files.ts';
import { plain, serveGuests } from './guest-server.ts';
import { GuestStore } from './guest-store.ts';
import { metadataAnswer, metadataPort } from './metadata-server.ts';
import { fixNeighbours, macAt, routeSubnets } from './neighbours.ts';
import { passwordPort, Passwords } from './passwords.ts';
import { readGuests, readMacs, readNothing, readPassword, readRouterConfiguration, readUserData } from './read-router.ts';

const repairEveryMs = 20_000;

const ports: readonly OpenPort[] = (
  [
    ['udp', 67],
    ['udp', 53],
    ['tcp', 53],
    ['tcp', metadataPort],
    ['tcp', passwordPort],
  ] as const
).map(([protocol, port]) => ({ protocol, port, on: 'guest' }));

export const routerRole: AgentRole = { kind: 'domainrouter', create: (machine) => new Router(machine) };

class Router implements RunningRole {
  readonly commands: RoleCommands;
  readonly #machine: RoleMachine;
  readonly #folder: string;
  readonly #place: DnsmasqPlace;
  readonly #store: GuestStore;
  readonly #passwords: Passwords;
  readonly #dnsmasq: Dnsmasq;
  readonly #configurationFile: string;
  readonly #servers = new Map<number, Server>();
  readonly #troubles = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #configuration: RouterConfiguration | undefined;
  #firewall: string | undefined;
  /** By address, of the dnsmasq that runs: who it may have given the address to. */
  #given = new Map<string, string>();
  #work: Promise<void>;

  constructor(machine: RoleMachine) {
    const card = machine.boot.nics.find(({ purpose }) => purpose === 'guest');
    if (!card) throw new Error('the boot data of a router has no guest card');
    this.#machine = machine;
    this.#folder = join(machine.runFolder, 'router');
    this.#place = {
      ip: card.ip,
      prefixLength: card.prefixLength,
      name: machine.boot.name,
      guestsFile: join(this.#folder, 'guests'),
      namesFile: join(this.#folder, 'names'),
    };
    const state = join(machine.stateFolder, 'router');
    this.#configurationFile = join(state, 'configuration.json');
    this.#store = new GuestStore(state);
    this.#passwords = new Passwords(this.#store, (line) => machine.log(line));
    this.#dnsmasq = new Dnsmasq({
      configurationFile: join(this.#folder, 'dnsmasq.conf'),
      pidFile: join(this.#folder, 'dnsmasq.pid'),
      address: card.ip,
      log: (line) => machine.log(line),
    });
    this.commands = this.#commands();
    this.#work = this.#restore();
    this.#timer = setInterval(() => void this.#inTurn(() => this.#repair()).catch(() => undefined), repairEveryMs);
    this.#timer.unref();
  }

  readConfiguration(body: unknown): RouterConfiguration {
    return readRouterConfiguration(body, 'the configuration');
  }

  async configure(configuration: RouterConfiguration): Promise<void> {
    await this.#inTurn(async () => {
      await writeWhole(this.#configurationFile, JSON.stringify(configuration), 0o600);
      await this.#apply(configuration);
    });
  }

  troubles(): readonly string[] {
    return [...(this.#dnsmasq.trouble === undefined ? [] : [this.#dnsmasq.trouble]), ...this.#troubles.values()];
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#passwords.stop();
    for (const server of this.#servers.values()) server.close().closeAllConnections();
    await this.#dnsmasq.stop();
  }

  #commands(): RoleCommands {
    const done = {} as Record<string, never>;
    const changed = async (work: () => Promise<void>): Promise<Record<string, never>> => {
      await this.#inTurn(work);
      return done;
    };
    return {
      'router.put-guests': {
        read: (body) => readGuests(body, 'the body'),
        run: ({ guests }) =>
          changed(async () => {
            await this.#store.put(guests);
            await this.#serveGuestList();
          }),
      },
      'router.remove-guests': {
        read: (body) => readMacs(body, 'the body'),
        run: ({ macs }) =>
          changed(async () => {
            await this.#store.remove(macs);
            await this.#serveGuestList();
          }),
      },
      'router.put-user-data': {
        read: (body) => readUserData(body, 'the body'),
        run: ({ mac, revision, base64, sha256 }) => changed(() => this.#store.putUserData(mac, revision, base64, sha256)),
      },
      'router.put-password': {
        read: (body) => readPassword(body, 'the body'),
        run: ({ mac, revision, password }) => changed(() => this.#store.putPassword(mac, revision, password)),
      },
      'router.list-guests': {
        read: (body) => readNothing(body, 'the body'),
        run: async () => {
          await this.#inTurn(async () => {});
          return { guests: this.#store.report() };
        },
      },
    };
  }

  /** One change after the other. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#work.then(work);
    this.#work = mine.catch(() => undefined);
    return mine;
  }

  /** A new agent goes on with what the former one served. */
  async #restore(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o755 });
      await this.#store.load();
      const kept = await readFile(this.#configurationFile, 'utf8').catch(() => undefined);
      if (kept !== undefined) await this.#apply(this.readConfiguration(JSON.parse(kept)));
    } catch (error) {
      this.#machine.log(`the router could not go on as before: ${reasonOf(error)}`);
    }
  }

  async #apply(configuration: RouterConfiguration): Promise<void> {
    this.#configuration = configuration;
    await routeSubnets(configuration.subnets, this.#place);
    await this.#openFirewall();
    await writeWhole(join(this.#folder, 'dnsmasq.conf'), dnsmasqConfiguration(configuration, this.#place), 0o644);
    await this.#writeGuestFiles(configuration);
    await this.#restartDnsmasq(configuration);
    await fixNeighbours(this.#store.all());
    await this.#listen();
  }

  async #serveGuestList(): Promise<void> {
    const configuration = this.#configuration;
    if (!configuration) return;
    await this.#writeGuestFiles(configuration);
    await fixNeighbours(this.#store.all());
    // dnsmasq keeps an address for the card that it gave it to last, unless it is started anew.
    const moved = this.#store.all().some(({ ip, mac }) => (this.#given.get(ip) ?? mac) !== mac);
    if (moved) return this.#restartDnsmasq(configuration);
    this.#noteGiven();
    this.#dnsmasq.reload();
  }

  async #restartDnsmasq({ domain }: RouterConfiguration): Promise<void> {
    this.#given = new Map();
    this.#noteGiven();
    await this.#dnsmasq.restart(`data-server.${domain}`);
  }

  #noteGiven(): void {
    for (const { ip, mac } of this.#store.all()) this.#given.set(ip, mac);
  }

  async #writeGuestFiles(configuration: RouterConfiguration): Promise<void> {
    const guests = this.#store.all();
    await writeWhole(this.#place.guestsFile, guestsFile(guests, this.#place), 0o644);
    await writeWhole(this.#place.namesFile, namesFile(configuration, guests, this.#place), 0o644);
  }

  async #openFirewall(): Promise<void> {
    await this.#machine.openPorts(ports);
    this.#firewall = await listFirewall();
  }

  async #listen(): Promise<void> {
    const servers = [
      { port: metadataPort, stranger: plain(404, 'this address belongs to no guest'), answer: this.#metadata },
      { port: passwordPort, stranger: plain(200, 'bad_request'), answer: this.#password },
    ];
    for (const { port, stranger, answer } of servers) {
      if (this.#servers.get(port)?.listening) continue;
      const server = await serveGuests({
        address: this.#place.ip,
        port,
        stranger,
        answer,
        find: async (ip) => {
          const guest = this.#store.byIp(ip);
          return guest && (await macAt(ip)) === guest.mac ? guest : undefined;
        },
        log: (line) => this.#machine.log(line),
      });
      this.#servers.set(port, server);
    }
  }

  readonly #metadata: Parameters<typeof serveGuests>[0]['answer'] = async (guest, request) => {
    if (!this.#configuration) throw new AgentProblem('busy', 'the router has no configuration yet');
    return metadataAnswer(guest, request, this.#configuration, this.#store);
  };

  readonly #password: Parameters<typeof serveGuests>[0]['answer'] = (guest, request) => this.#passwords.answer(guest, request);

  /** Puts back what somebody took away. What was found missing is a trouble until the next look finds it in place. */
  async #repair(): Promise<void> {
    if (!this.#configuration) return;
    await this.#looked('firewall', async () => {
      if ((await listFirewall()) === this.#firewall) return undefined;
      await this.#openFirewall();
      return 'the firewall rules of the router had been changed: they were put back';
    });
    await this.#looked('neighbours', async () => {
      const changed = await fixNeighbours(this.#store.all());
      return changed === 0 ? undefined : `${changed} addresses of guests were not tied to their cards: they are again`;
    });
    await this.#looked('servers', async () => {
      await this.#listen();
      return undefined;
    });
    await this.#dnsmasq.check();
  }

  async #looked(what: string, look: () => Promise<string | undefined>): Promise<void> {
    const trouble = await look().catch((error: unknown) => `the ${what} could not be put in order: ${reasonOf(error)}`);
    if (trouble === undefined) {
      this.#troubles.delete(what);
      return;
    }
    this.#troubles.set(what, trouble);
    this.#machine.log(trouble);
  }
}

async function listFirewall(): Promise<string> {
  return runTool('nft', ['list', 'table', 'inet', 'strata']).catch(() => '');
}

async function writeWhole(file: string, content: string, mode: number): Promise<void> {
  await writeFile(`${file}.half`, content, { mode });
  await rename(`${file}.half`, file);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
