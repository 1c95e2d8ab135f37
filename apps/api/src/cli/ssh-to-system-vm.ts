// `./strata systemvm ssh`: a shell in a system VM or router, through the host that it runs on.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { agentSshPort } from '@strata/domain';
import { CommandLineError } from './command-line-error.ts';
import { type Body, type SystemClient, textIn } from './system-client.ts';
import type { Installation } from './terms.ts';

const knownHost = resolve(import.meta.dirname, '../../../../tools/front-door/known-host.sh');

/** Gives back the exit code of what ran there. */
export async function sshToSystemVm([name, ...command]: string[], { client, folder }: Installation): Promise<number> {
  if (name === undefined) throw new CommandLineError('usage: ./strata systemvm ssh NAME [COMMAND…], with a name such as s-1-VM');
  const login = await client.call('getSystemVmLogin', { id: await idOf(client, name) });
  const body = (login['systemvmlogin'] ?? login) as Body;
  const secret = await mkdtemp(join(folder, 'run', 'ssh-'));
  try {
    const key = join(secret, 'key');
    await writeFile(key, textIn(body, 'privatekey') ?? '', { mode: 0o600 });
    return await run('ssh', sshWords(body, key, command));
  } finally {
    await rm(secret, { recursive: true });
  }
}

/** Words for ssh(1): both keys are pinned. */
export function sshWords(login: Body, key: string, command: readonly string[]): string[] {
  const text = (field: string): string => textIn(login, field) ?? '';
  const common = (pinned: string): string[] => [
    '-i',
    key,
    ...[
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      'LogLevel=ERROR',
      'UserKnownHostsFile=/dev/null',
      'GlobalKnownHostsFile=/dev/null',
      `KnownHostsCommand=${knownHost} SHA256:${pinned} %f %H %t %K`,
    ].map((option) => `-o${option}`),
  ];
  const { hostport } = login;
  const jump = ['ssh', ...common(text('hostkey')), '-p', String(hostport), '-W', '%h:%p', `${text('hostuser')}@${text('hostaddress')}`];
  // ssh expands the percent signs of a proxy command once more before the inner one sees them.
  const proxy = jump.map((word) => quoted(word === '%h:%p' ? word : word.replaceAll('%', '%%'))).join(' ');
  return [
    ...common(text('machinekey')),
    '-o',
    `ProxyCommand=${proxy}`,
    '-p',
    String(agentSshPort),
    `root@${text('linklocalip')}`,
    ...command,
  ];
}

/** For the shell that runs a proxy command. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function idOf(client: SystemClient, name: string): Promise<string> {
  for (const [list, key] of [
    ['listSystemVms', 'systemvm'],
    ['listRouters', 'router'],
  ] as const) {
    const machines = ((await client.call(list, { listall: 'true' }))[key] ?? []) as Body[];
    const found = machines.find((machine) => textIn(machine, 'name') === name || textIn(machine, 'id') === name);
    if (found) return textIn(found, 'id') ?? '';
  }
  throw new CommandLineError(`there is no system machine ${name}: listSystemVms and listRouters show them`);
}

function run(program: string, words: readonly string[]): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(program, words, { stdio: 'inherit' });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 1));
  });
}
