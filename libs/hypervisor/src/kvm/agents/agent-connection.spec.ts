// The connection to an agent against an SSH server in this process: what a machine that hangs up, or misuses it, comes to.
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import ssh2 from 'ssh2';
import type { Connection, ServerChannel } from 'ssh2';
import { generateManagementKey } from '../ssh/management-key.ts';
import { AgentConnection } from './agent-connection.ts';

const key = generateManagementKey('agents');
const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private;
const agent = { key: 'a', controlIp: '169.254.0.2', privateKeyPem: key.privateKeyPem, hostKeySha256: null };

type StreamsBack = { openssh_forwardOutStreamLocal(path: string, done: (error: Error | undefined, stream: ServerChannel) => void): void };

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A machine that lets everybody in, and the tunnel to it. */
async function meet(): Promise<{ connection: AgentConnection; tunnel: Duplex; machine: Connection & StreamsBack }> {
  const server = new ssh2.Server({ hostKeys: [hostKey], ident: 'OpenSSH_9.2' });
  const arrival = new Promise<Connection & StreamsBack>((resolve) => {
    server.on('connection', (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (login) => login.accept());
      client.on('request', (accept) => accept?.());
      resolve(client as Connection & StreamsBack);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const tunnel = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const connection = await AgentConnection.open(agent, tunnel);
  open.push(connection);
  return { connection, tunnel, machine: await arrival };
}

describe('the connection to an agent', () => {
  it('is lost, not a defect, in the moment in which the machine hangs up', async () => {
    for (const use of [
      (connection: AgentConnection) => connection.post('health', '{}', 1_000),
      (connection: AgentConnection) =>
        connection.listen(
          () => undefined,
          () => undefined,
        ),
    ]) {
      const { connection, tunnel } = await meet();
      tunnel.push(null);
      await expect(use(connection)).rejects.toMatchObject({ name: 'DriverError', kind: 'unreachable', reason: 'connectionLost' });
      expect(connection.isOpen).toBe(false);
    }
  });

  it('lets its listener go in that moment, too', async () => {
    const { connection, tunnel } = await meet();
    const close = await connection.listen(
      () => undefined,
      () => undefined,
    );
    tunnel.push(null);
    expect(close).not.toThrow();
  });

  it('tells once that it has ended, also who asks later', async () => {
    const { connection } = await meet();
    let times = 0;
    connection.whenClosed(() => (times += 1));
    connection.close();
    connection.close();
    expect(times).toBe(1);
    connection.whenClosed(() => (times += 1));
    expect(times).toBe(2);
  });

  it('T29 takes a bounded number of streams from a machine, and new ones when others have ended', async () => {
    const { connection, machine } = await meet();
    const taken: Duplex[] = [];
    await connection.listen(
      (stream) => taken.push(stream),
      () => undefined,
    );
    const ask = (): Promise<boolean> =>
      new Promise((resolve) => machine.openssh_forwardOutStreamLocal('/run/strata/management.sock', (error) => resolve(!error)));
    const answers = await Promise.all(Array.from({ length: 1_250 }, ask));
    expect(answers.filter(Boolean)).toHaveLength(1_200);
    expect(taken).toHaveLength(1_200);
    taken[0]!.destroy();
    await expect.poll(ask).toBe(true);
  });
});
