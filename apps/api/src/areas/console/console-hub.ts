// Carries consoles: takes the streams that console proxies open, lets in good tokens and splices them with the displays of machines.
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ConsoleAnswer, type ConsoleRequest, maxConsoleLineBytes } from '@strata/domain';
import type { DataSource } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log/log.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import type { HostDrivers } from '../host/host-drivers.ts';
import { agentOf } from '../system-vm/agent-of.ts';
import type { SystemVm } from '../system-vm/system-vm.entity.ts';
import { recordConsoleEvent } from './console-events.ts';
import { consolePasswordOf } from './console-password.ts';
import { readFirstLine } from './first-line.ts';
import { endedAmong, oldestLogin } from './live-consoles.ts';
import { type ConsoleMachine, redeemToken } from './console-tokens.ts';

/** How often open consoles are looked after: so long one may outlive its machine's migration or its user's login. */
const lookEveryMs = 1_000;
const firstLineMs = 10_000;
/** Somebody who works at a console works in the cloud: the login session is kept alive so often. */
const keepAliveEveryMs = 60_000;

export interface ConsoleHubOptions {
  readonly dataSource: DataSource;
  readonly drivers: HostDrivers;
  readonly secrets: SecretBox;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** This server, once it has its lease. */
  serverId(): number;
}

type Proxy = Pick<SystemVm, 'id' | 'uuid' | 'hostId' | 'hostKeySha256'>;

interface OpenConsole {
  readonly sessionHash: string | null;
  readonly stop: AbortController;
  /** Since the login session was kept alive. */
  wasUsed: boolean;
}

export class ConsoleHub {
  private readonly proxies = new Map<string, { close(): void }>();
  private readonly consoles = new Map<number, OpenConsole>();
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private keptAliveAtMs = 0;
  private isClosed = false;

  constructor(private readonly options: ConsoleHubOptions) {}

  get openCount(): number {
    return this.consoles.size;
  }

  /** Listens to exactly these proxies from now on; one that does not answer is tried again by the next call. */
  async attend(proxies: readonly Proxy[]): Promise<void> {
    const wanted = new Map(proxies.map((proxy) => [keyOf(proxy), proxy]));
    for (const [key, listening] of this.proxies) {
      if (wanted.has(key)) continue;
      this.proxies.delete(key);
      listening.close();
    }
    await Promise.all([...wanted].filter(([key]) => !this.proxies.has(key)).map(([key, proxy]) => this.listenTo(key, proxy)));
  }

  private async listenTo(key: string, proxy: Proxy): Promise<void> {
    const { dataSource, drivers, log } = this.options;
    try {
      const { host, address } = await agentOf(proxy, { read: dataSource.manager, drivers });
      const listening = await host.driver.agents.listen(
        host.address,
        address,
        (stream) => this.accept(stream, proxy.id),
        () => {
          if (this.proxies.get(key) === listening) this.proxies.delete(key);
        },
      );
      if (this.isClosed) listening.close();
      else this.proxies.set(key, listening);
    } catch (error) {
      log.debug({ proxy: proxy.uuid, err: error }, 'a console proxy could not be listened to: it is tried again');
    }
  }

  /** Serves one stream that a console proxy has opened. */
  accept(stream: Duplex, proxyId: number): void {
    stream.on('error', () => undefined);
    const serving = this.serve(stream, proxyId)
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'a console ended on a failure'))
      .finally(() => {
        stream.destroy();
        this.running.delete(serving);
      });
    this.running.add(serving);
  }

  private async serve(stream: Duplex, proxyId: number): Promise<void> {
    const { dataSource, drivers, secrets, log } = this.options;
    const { token, extra, clientAddress } = readRequest(await readFirstLine(stream, maxConsoleLineBytes, firstLineMs));
    const redeemed = await redeemToken(dataSource.manager, { token, extra, proxyId, serverId: this.options.serverId() }, this.options);
    if ('refused' in redeemed) return refuse(stream, redeemed.refused);
    const { id, machine, sessionHash, userId } = redeemed;
    const open: OpenConsole = { sessionHash, stop: new AbortController(), wasUsed: true };
    this.consoles.set(id, open);
    this.watch();
    try {
      const { driver, address } = await drivers.for(machine.hostId);
      const display = await driver.openConsole(address, machine.instanceName);
      answer(stream, { ok: true, password: consolePasswordOf(secrets, machine.uuid), name: machine.name });
      await this.tell('VM.CONSOLE.OPEN', machine, userId, `was opened from ${clientAddress}`);
      await splice(stream, display, open);
      await this.tell('VM.CONSOLE.CLOSE', machine, userId, `from ${clientAddress} was closed`);
    } catch (error) {
      log.warn({ machine: machine.uuid, err: error }, 'the display of a machine could not be opened');
      await refuse(stream, 'The display of the machine does not answer. Open the console again in a minute.');
    } finally {
      this.consoles.delete(id);
      await dataSource.query('DELETE FROM console_session WHERE id = ?', [id]);
    }
  }

  private async tell(type: 'VM.CONSOLE.OPEN' | 'VM.CONSOLE.CLOSE', machine: ConsoleMachine, userId: number, what: string): Promise<void> {
    const { dataSource, clock, log } = this.options;
    await recordConsoleEvent(dataSource.manager, clock, {
      type,
      machine,
      userId,
      description: `the console of ${machine.name} ${what}`,
    }).catch((error: unknown) => log.warn({ err: error }, 'an event of a console could not be written'));
  }

  /** Ends consoles whose machine has stopped or moved, or whose user may not be here any more. */
  private watch(): void {
    if (this.timer !== undefined || this.consoles.size === 0 || this.isClosed) return;
    this.timer = setTimeout(() => {
      this.look()
        // What the database can't say now is asked again: a console is not worse off than the machine it shows.
        .catch((error: unknown) => this.options.log.debug({ err: error }, 'open consoles could not be looked after'))
        .finally(() => {
          this.timer = undefined;
          this.watch();
        });
    }, lookEveryMs);
  }

  private async look(): Promise<void> {
    const { dataSource } = this.options;
    await this.keepLoginsAlive();
    const ended = await endedAmong(dataSource.manager, [...this.consoles.keys()], oldestLogin(this.options));
    for (const id of ended) this.consoles.get(id)?.stop.abort();
  }

  private async keepLoginsAlive(): Promise<void> {
    const { dataSource, clock } = this.options;
    if (clock.monotonicMs() - this.keptAliveAtMs < keepAliveEveryMs) return;
    this.keptAliveAtMs = clock.monotonicMs();
    const used = [...this.consoles.values()].filter(({ wasUsed }) => wasUsed);
    for (const open of used) open.wasUsed = false;
    const hashes = used.flatMap(({ sessionHash }) => sessionHash ?? []);
    if (hashes.length > 0) await dataSource.query('UPDATE session SET last_used_at = ? WHERE id_hash IN (?)', [clock.now(), hashes]);
  }

  /** Ends all consoles and listens to no proxy any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const listening of this.proxies.values()) listening.close();
    this.proxies.clear();
    for (const open of this.consoles.values()) open.stop.abort();
    await Promise.all(this.running);
  }
}

/** Another host or another root disk is another listener. */
function keyOf({ uuid, hostId, hostKeySha256 }: Proxy): string {
  return `${uuid} ${hostId} ${hostKeySha256}`;
}

/** @throws Error for anything that our proxies do not send */
function readRequest(line: string): Required<Pick<ConsoleRequest, 'token' | 'clientAddress'>> & { extra: string | undefined } {
  const { token, extra, clientAddress } = JSON.parse(line) as Record<string, unknown>;
  if (typeof token !== 'string' || typeof clientAddress !== 'string' || !/^[0-9a-fA-F:.]{2,64}$/.test(clientAddress))
    throw new Error('a console proxy sent a request that nobody understands');
  return { token, clientAddress, extra: typeof extra === 'string' ? extra : undefined };
}

function answer(stream: Duplex, line: ConsoleAnswer): void {
  stream.write(`${JSON.stringify(line)}\n`);
}

async function refuse(stream: Duplex, refused: string): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.end(`${JSON.stringify({ refused } satisfies ConsoleAnswer)}\n`, () => resolve());
  });
}

/** Until one side ends, or the console is stopped: then both end. */
async function splice(proxy: Duplex, display: Duplex, open: OpenConsole): Promise<void> {
  const { signal } = open.stop;
  const stop = (): void => open.stop.abort();
  proxy.on('data', () => (open.wasUsed = true));
  // A stream whose other side lost its power tells of no end, also when it is destroyed: what counts is the signal.
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  if (signal.aborted) return void display.destroy();
  for (const way of [pipeline(proxy, display, { signal }), pipeline(display, proxy, { signal })]) void way.then(stop, stop);
  await stopped;
  display.destroy();
}
