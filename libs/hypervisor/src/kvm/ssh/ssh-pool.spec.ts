// Connections against an SSH server in this process: each way to fail has its own name, and a lost connection heals once.
import { createServer } from 'node:net';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { spawn } from 'node:child_process';
import ssh2 from 'ssh2';
import type { Connection } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostAddress } from '../../specs.ts';
import { fingerprint } from './connect.ts';
import { SshPool } from './ssh-pool.ts';

const password = 'correct horse';
const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
const parsedKey = ssh2.utils.parseKey(hostKey.public);
const hostKeySha256 = parsedKey instanceof Error ? '' : fingerprint(parsedKey.getPublicSSH());

/** An sshd in miniature: one login, exec by this machine's /bin/sh, a limit of sessions per connection. */
class TestServer {
  readonly connections = new Set<Connection>();
  logins = 0;
  maxSessions = 10;
  mostSessions = 0;
  private readonly server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => this.serve(connection));

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const connection of this.connections) (connection as unknown as { _sock: { destroy(): void } })._sock.destroy();
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private serve(connection: Connection): void {
    let sessions = 0;
    this.connections.add(connection);
    connection.on('error', () => undefined);
    connection.on('close', () => this.connections.delete(connection));
    connection.on('authentication', (attempt) => {
      if (attempt.method === 'password' && attempt.password === password) {
        this.logins++;
        attempt.accept();
      } else attempt.reject(['password']);
    });
    connection.on('session', (accept, reject) => {
      if (sessions >= this.maxSessions) {
        reject();
        return;
      }
      sessions++;
      this.mostSessions = Math.max(this.mostSessions, sessions);
      const session = accept();
      session.on('close', () => sessions--);
      session.on('exec', (acceptExec, _rejectExec, { command }) => {
        const channel = acceptExec();
        const child = spawn('/bin/sh', ['-c', command]);
        channel.pipe(child.stdin);
        child.stdin.on('error', () => undefined);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  }
}

describe('SshPool', () => {
  const server = new TestServer();
  let host: HostAddress;
  let pool = new SshPool();

  beforeAll(async () => {
    const port = await server.listen();
    host = { key: 'h1', address: '127.0.0.1', port, username: 'root', credential: { kind: 'password', password }, hostKeySha256: null };
  });
  afterEach(async () => {
    await pool.disconnect();
    pool = new SshPool();
    server.maxSessions = 10;
    server.mostSessions = 0;
  });
  afterAll(() => server.close());

  const echo = (address: HostAddress, text: string): Promise<string> =>
    pool.use(address, async (shell) => (await shell.run({ argv: ['echo', text], timeoutMs: 5_000 })).stdout);

  it('logs in once for many commands, in at most eight sessions', async () => {
    const before = server.logins;
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => echo(host, String(index))));
    expect(answers).toEqual(Array.from({ length: 60 }, (_, index) => `${index}\n`));
    expect(server.logins - before).toBe(1);
    expect(server.mostSessions).toBeLessThanOrEqual(8);
  });

  it('makes do with fewer sessions where the host allows no more', async () => {
    server.maxSessions = 2;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => echo(host, String(index))));
    expect(answers).toHaveLength(20);
    expect(server.mostSessions).toBeLessThanOrEqual(2);
  });

  it('is busy where the host allows no session at all, and recovers', async () => {
    server.maxSessions = 0;
    await expect(echo(host, 'x')).rejects.toMatchObject({ kind: 'busy' });
    server.maxSessions = 10;
    expect(await echo(host, 'x')).toBe('x\n');
  });

  it('keeps sessions free for short commands while long ones run', async () => {
    const long = Array.from({ length: 8 }, () =>
      pool.use(host, (shell) => shell.run({ argv: ['sleep', '1'], timeoutMs: 9_000, long: true })),
    );
    const started = performance.now();
    await echo(host, 'quick');
    expect(performance.now() - started).toBeLessThan(900);
    await Promise.all(long);
  });

  it('F14 runs work again on a new connection after the old one broke, once', async () => {
    let runs = 0;
    const work = pool.use(host, async (shell) => {
      runs++;
      if (runs === 1) setTimeout(() => server.cut(), 200);
      return await shell.run({ argv: ['/bin/sh', '-c', runs === 1 ? 'sleep 5' : 'echo second'], timeoutMs: 9_000 });
    });
    expect(await work).toMatchObject({ stdout: 'second\n' });
    const always = pool.use(host, async (shell) => {
      setTimeout(() => server.cut(), 200);
      return await shell.run({ argv: ['sleep', '5'], timeoutMs: 9_000 });
    });
    await expect(always).rejects.toMatchObject({ kind: 'unreachable', reason: 'connectionLost' });
  });

  it('does not come back for work that was under way when the connection was closed on request', async () => {
    await echo(host, 'x');
    const before = server.logins;
    const work = echo(host, 'x').then(() => pool.use(host, (shell) => shell.run({ argv: ['sleep', '5'], timeoutMs: 9_000 })));
    setTimeout(() => void pool.disconnect(), 200);
    await expect(work).rejects.toMatchObject({ kind: 'unreachable', reason: undefined });
    expect(server.logins).toBe(before);
  });

  it('lets work end that began with older credentials', async () => {
    const work = pool.use(host, (shell) => shell.run({ argv: ['/bin/sh', '-c', 'sleep 1; echo done'], timeoutMs: 9_000 }));
    await echo(host, 'x');
    await echo({ ...host, address: 'localhost' }, 'y');
    expect(await work).toMatchObject({ stdout: 'done\n' });
  });

  it('pins the host key', async () => {
    await expect(echo({ ...host, hostKeySha256: 'A'.repeat(43) }, 'x')).rejects.toMatchObject({
      kind: 'refused',
      reason: 'hostKeyChanged',
    });
    expect(await echo({ ...host, hostKeySha256 }, 'x')).toBe('x\n');
    expect(await pool.use(host, (shell) => Promise.resolve(shell.hostKeySha256))).toBe(hostKeySha256);
    await expect(echo({ ...host, hostKeySha256: 'A'.repeat(43) }, 'x')).rejects.toMatchObject({ reason: 'hostKeyChanged' });
  });

  it('refuses wrong passwords, also on a warm connection, and never shows them', async () => {
    await echo(host, 'x');
    const wrong = { ...host, credential: { kind: 'password', password: 'secret-guess' } } as const;
    const failure = await echo(wrong, 'x').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'refused', reason: 'wrongCredentials' });
    const { inspect } = await import('node:util');
    expect(inspect(failure, { depth: 10 })).not.toContain('secret-guess');
    expect(await echo(host, 'x')).toBe('x\n');
  });

  it('refuses a private key that is none', async () => {
    const broken = { ...host, key: 'broken', credential: { kind: 'key', privateKeyPem: 'no key at all' } } as const;
    await expect(echo(broken, 'x')).rejects.toMatchObject({ kind: 'refused', reason: 'wrongCredentials' });
  });

  it('names closed ports, unknown names and servers that end without a word', async () => {
    await expect(echo({ ...host, key: 'closed', port: 1 }, 'x')).rejects.toMatchObject({ reason: 'connectionRefused' });
    await expect(echo({ ...host, key: 'nowhere', address: 'nowhere.invalid' }, 'x')).rejects.toMatchObject({ reason: 'nameNotResolved' });
    const mute: TcpServer = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    await expect(echo({ ...host, key: 'mute', port: (mute.address() as AddressInfo).port }, 'x')).rejects.toMatchObject({
      reason: 'connectionLost',
    });
    mute.close();
  });
});
