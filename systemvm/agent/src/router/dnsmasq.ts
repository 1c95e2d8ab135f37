// Keeps one dnsmasq running: starts it again when it ends or stops answering, tells it of new guests.
import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** Between two starts of a program that ends at once. */
const restartPauseMs = 2_000;
const probeTimeoutMs = 2_000;

export interface DnsmasqOptions {
  readonly configurationFile: string;
  /** Written by dnsmasq: one that a former agent left is found by it. */
  readonly pidFile: string;
  /** Where it answers questions about `probeName`. */
  readonly address: string;
  readonly log: (line: string) => void;
}

export class Dnsmasq {
  readonly #options: DnsmasqOptions;
  #child: ChildProcess | undefined;
  #probeName: string | undefined;
  #pause: NodeJS.Timeout | undefined;
  #lastWords = '';
  #startedAtMs = 0;
  #trouble: string | undefined;

  constructor(options: DnsmasqOptions) {
    this.#options = options;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** From now on it runs; `probeName` is a name it knows. */
  async restart(probeName: string): Promise<void> {
    await this.stop();
    await endFormer(this.#options.pidFile);
    this.#probeName = probeName;
    this.#start();
  }

  /** It reads guests and names again. */
  reload(): void {
    this.#child?.kill('SIGHUP');
  }

  /** Starts it again when it does not answer; says so in `trouble` until it does. */
  async check(): Promise<void> {
    const probeName = this.#probeName;
    if (probeName === undefined || (this.#child === undefined && this.#pause !== undefined)) return;
    if (await this.#answers(probeName)) {
      this.#trouble = undefined;
      return;
    }
    if (this.#probeName !== probeName) return;
    this.#report(`the DHCP and DNS server does not answer: it is started again`);
    await this.restart(probeName);
  }

  async stop(): Promise<void> {
    this.#probeName = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  #start(): void {
    this.#pause = undefined;
    this.#startedAtMs = performance.now();
    const child = spawn(
      'dnsmasq',
      ['--keep-in-foreground', '--log-facility=-', `--conf-file=${this.#options.configurationFile}`, `--pid-file=${this.#options.pidFile}`],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    this.#child = child;
    this.#lastWords = '';
    child.stderr.on('data', (chunk: Buffer) => (this.#lastWords = (this.#lastWords + chunk.toString()).slice(-500)));
    child.once('error', (error) => this.#ended(child, error.message));
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `code ${code}`));
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const said = this.#lastWords.trim().split('\n').at(-1) ?? '';
    this.#report(`the DHCP and DNS server ended (${how}${said === '' ? '' : `: ${said}`}): it is started again`);
    const lasted = performance.now() - this.#startedAtMs;
    this.#pause = setTimeout(() => this.#start(), lasted < restartPauseMs ? restartPauseMs : 0);
  }

  #report(trouble: string): void {
    this.#trouble = trouble;
    this.#options.log(trouble);
  }

  async #answers(name: string): Promise<boolean> {
    const resolver = new Resolver({ timeout: probeTimeoutMs, tries: 2 });
    resolver.setServers([this.#options.address]);
    return resolver.resolve4(name).then(
      () => true,
      () => false,
    );
  }
}

/** Ports that an orphan holds would be missing. */
async function endFormer(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isSafeInteger(pid) || pid < 2) return;
  const name = (): Promise<string> => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  if ((await name()).trim() !== 'dnsmasq') return;
  process.kill(pid, 'SIGKILL');
  for (let tries = 0; tries < 50 && (await name()) !== ''; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}
