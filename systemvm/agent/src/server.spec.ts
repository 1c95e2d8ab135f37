// The agent over its socket, as the management server speaks to it: a role of its own, real HTTP, nothing else of a system machine.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfiguration, AgentHealth, SystemVmBootData } from '@strata/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Agent } from './agent.ts';
import { AgentProblem } from './agent-problem.ts';
import { object, text } from './read.ts';
import type { RunningRole } from './role.ts';
import { maxBodyBytes, serveAgent } from './server.ts';

const boot: SystemVmBootData = {
  version: 1,
  kind: 'consoleproxy',
  uuid: 'a8098c1a-f86e-11da-bd1a-00112444be1e',
  name: 'v-1-VM',
  nics: [],
  dns: [],
  authorizedKey: 'ssh-ed25519 AAAA',
};

const folder = mkdtempSync(join(tmpdir(), 'agent-'));
const socketPath = join(folder, 'agent.sock');
const logged: string[] = [];
const applied: string[] = [];
let apply: (word: string) => Promise<void>;
let server: Server;

/** Its configuration is one word. */
const role: RunningRole = {
  readConfiguration: (value, where) => object<{ word: string }>({ word: text(10) })(value, where) as unknown as AgentConfiguration,
  async configure(configuration) {
    const { word } = configuration as unknown as { word: string };
    await apply(word);
    applied.push(word);
  },
  commands: {},
  troubles: () => ['its screen is dirty'],
  stop: async () => {},
};

beforeAll(async () => {
  writeFileSync(socketPath, 'left by an agent that was killed');
  const agent = new Agent({ boot, templateVersion: '0.1.0-abc', uptimeSeconds: async () => 12.5, role });
  server = await serveAgent(agent, socketPath, (line) => logged.push(line));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  apply = async () => {};
  logged.length = 0;
  applied.length = 0;
});

function send(path: string, body: string | Uint8Array, method = 'POST'): Promise<{ status: number; reply: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, reply: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const configure = (hash: string, word: string) => send('/configure', JSON.stringify({ hash, configuration: { word } }));
const health = async () => (await send('/health', '{}')).reply as unknown as AgentHealth;

describe('the agent', () => {
  it('is there for its owner alone', () => expect(statSync(socketPath).mode & 0o777).toBe(0o600));

  it('tells its health', async () => {
    expect(await health()).toEqual({
      kind: 'consoleproxy',
      templateVersion: '0.1.0-abc',
      uptimeSeconds: 12.5,
      configurationHash: null,
      troubles: ['its screen is dirty'],
    });
  });

  it('applies configurations in the order in which they came, and answers with the hash of the last', async () => {
    let release: () => void = () => {};
    const first = new Promise<void>((resolve) => (release = resolve));
    apply = (word) => (word === 'one' ? first : Promise.resolve());
    const both = [configure('h1', 'one'), configure('h2', 'two')];
    await expect.poll(async () => (await health()).configurationHash).toBeNull();
    release();
    expect(await Promise.all(both)).toEqual([
      { status: 200, reply: {} },
      { status: 200, reply: {} },
    ]);
    expect(applied).toEqual(['one', 'two']);
    expect((await health()).configurationHash).toBe('h2');
  });

  it('has no configuration when one fails, and says so until one works', async () => {
    apply = async () => {
      throw new AgentProblem('failed', 'the port is taken');
    };
    expect(await configure('h3', 'three')).toEqual({ status: 500, reply: { kind: 'failed', message: 'the port is taken' } });
    expect(logged).toEqual(['/configure failed: the port is taken']);
    expect(await health()).toMatchObject({
      configurationHash: null,
      troubles: ['its screen is dirty', 'the configuration could not be applied: the port is taken'],
    });
    apply = async () => {};
    await configure('h4', 'four');
    expect(await health()).toMatchObject({ configurationHash: 'h4', troubles: ['its screen is dirty'] });
  });

  it.each([
    ['an unknown command', '/reboot', '{}', 404, 'a consoleproxy has no command "reboot"'],
    ['no command', '/', '{}', 404, 'a consoleproxy has no command ""'],
    ['what is no JSON', '/health', '{', 400, 'the body is not JSON'],
    ['a field too many', '/health', '{"a":1}', 400, 'the body has the unknown field "a"'],
    ['a field of a prototype', '/health', '{"__proto__":{}}', 400, 'the body has the unknown field "__proto__"'],
    ['a field too few', '/configure', '{"configuration":{"word":"x"}}', 400, 'the body.hash must be a text'],
    [
      'a configuration of another kind',
      '/configure',
      '{"hash":"h","configuration":{"word":7}}',
      400,
      'the body.configuration.word must be a text',
    ],
    ['a list', '/health', '[]', 400, 'the body must be an object'],
  ])('refuses %s', async (_what, path, body, status, message) => {
    expect(await send(path, body)).toEqual({ status, reply: { kind: status === 404 ? 'missing' : 'invalid', message } });
  });

  it('takes no other method', async () => {
    expect((await send('/health', '', 'GET')).status).toBe(400);
  });

  it('stops reading a body that is too large', async () => {
    const outcome = await send('/configure', Buffer.alloc(maxBodyBytes + 1, 0x20)).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ status: 400, reply: { message: `the body is larger than ${maxBodyBytes} bytes` } });
    expect((await health()).kind).toBe('consoleproxy');
  });
});

describe('an agent of a template without a part for its kind', () => {
  it('says so', async () => {
    const agent = new Agent({ boot, templateVersion: '0.0.1', uptimeSeconds: async () => 1, role: undefined });
    expect(await agent.run('health', {})).toMatchObject({
      troubles: [expect.stringContaining('the template 0.0.1 has no part for a consoleproxy')],
    });
    await expect(agent.run('configure', { hash: 'h', configuration: {} })).rejects.toMatchObject({ kind: 'missing' });
  });
});
