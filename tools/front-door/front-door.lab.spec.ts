// The front door end to end on a data folder of its own: start, look, crash, restart, reset, stop.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../mariadb.mjs';
import { call } from './system-caller.mjs';

const program = resolve(import.meta.dirname, '../../strata');
let data: string;
let port: number;

interface Outcome {
  readonly code: number | null;
  readonly out: string;
}

function strata(...words: string[]): Outcome {
  const { STRATA_DATABASE_URL: _, ...env } = process.env;
  const result = spawnSync(program, [...words, '--data', data], { encoding: 'utf8', env, timeout: 170_000 });
  return { code: result.status, out: result.stdout + result.stderr };
}

const recordedPid = (file: string): number => (JSON.parse(readFileSync(join(data, file), 'utf8')) as { pid: number }).pid;

async function statusOf(command: string): Promise<number> {
  const url = `http://127.0.0.1:${port}/client/api?command=${command}&response=json`;
  // Each time a connection of its own: a kept one may be to a server that was killed since.
  return (await fetch(url, { headers: { connection: 'close' } })).status;
}

/** A process that has ended but was not yet collected by its parent does not run. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

beforeAll(async () => {
  // The template is not what these tests are about: one that was built before does.
  process.env['STRATA_SYSTEMVM_IMAGE'] ??= systemVmImage();
  data = mkdtempSync(join(tmpdir(), 'strata-door-'));
  // The database's own account must be able to pass.
  chmodSync(data, 0o711);
  port = await freePort();
});

/** In the folder that the other lab specs use too. */
function systemVmImage(): string {
  const images = join(tmpdir(), 'strata-systemvm-for-tests');
  const { status, stderr } = spawnSync(program, ['systemvm', 'build', '--data', images], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { file } = JSON.parse(readFileSync(join(images, 'systemvm/systemvm.json'), 'utf8')) as { file: string };
  return join(images, 'systemvm', file);
}

afterAll(() => {
  strata('down');
  rmSync(data, { recursive: true, force: true });
});

test('up starts database and server, tells where and how to log in, and can be repeated', async () => {
  const first = strata('up', '--port', String(port));
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toContain(`http://127.0.0.1:${port}/client/api`);
  expect(first.out).toContain('password "password": change it now');
  expect(await statusOf('listCapabilities')).toBe(401);
  const pid = recordedPid('run/server.json');

  const second = strata('up');
  expect(second).toMatchObject({ code: 0 });
  expect(second.out).toContain(`already runs (pid ${pid})`);
  expect(recordedPid('run/server.json')).toBe(pid);
});

test('status names each process', () => {
  const status = strata('status');
  expect(status).toMatchObject({ code: 0 });
  expect(status.out).toMatch(/server +running, pid \d+/);
  expect(status.out).toMatch(/database +running, pid \d+, 127\.0\.0\.1:\d+/);
  expect(status.out).toMatch(/hosts +0/);
});

test('the database runs as its own user and lets nobody in over the network without its password', () => {
  const pid = recordedPid('mariadb/process.json');
  const owner = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  expect(process.getuid?.() === 0 ? owner !== '0' : true).toBe(true);
  const databasePort = readFileSync(join(data, 'mariadb/port'), 'utf8').trim();
  for (const user of ['root', 'strata', 'mysql']) {
    const login = spawnSync('mariadb', ['--no-defaults', '-h', '127.0.0.1', '-P', databasePort, '-u', user, '-e', 'select 1'], {
      encoding: 'utf8',
    });
    expect(login.stderr).toContain('Access denied');
  }
});

test('keys are printed for a client, and stay the same', () => {
  const keys = strata('keys');
  expect(keys).toMatchObject({ code: 0 });
  expect(keys.out).toMatch(
    new RegExp(
      `^export CLOUDSTACK_ENDPOINT="http://127.0.0.1:${port}/client/api"\nexport CLOUDSTACK_KEY="[\\w-]+"\nexport CLOUDSTACK_SECRET="[\\w-]+"\n$`,
    ),
  );
  expect(strata('keys').out).toBe(keys.out);
});

test('verify finds nothing in a new installation, and the doctor names what it measured', () => {
  expect(strata('verify')).toEqual({ code: 0, out: 'Database, hosts and storage agree.\n' });
  const doctor = strata('doctor');
  expect(doctor.out).toMatch(/MariaDB +10\.|MariaDB +11\./);
  expect(doctor.out).toMatch(/\d+ checks?: \d+ ok, \d+ warnings?, 0 failed/);
});

test('a port that is taken is refused by name, and the running server is not touched', async () => {
  const taken = createServer();
  const takenPort = await freePort();
  await new Promise<void>((listening) => taken.listen(takenPort, '127.0.0.1', listening));
  const pid = recordedPid('run/server.json');
  try {
    const up = strata('up', '--port', String(takenPort));
    expect(up.code).toBe(1);
    expect(up.out).toContain(`port ${takenPort} on 127.0.0.1 is already in use by another program: choose another with --port`);
  } finally {
    taken.close();
  }
  expect(recordedPid('run/server.json')).toBe(pid);
  expect(await statusOf('listCapabilities')).toBe(401);
});

test('after kill -9 of the server and the database, up brings both back', async () => {
  const killed = [recordedPid('run/server.json'), recordedPid('mariadb/process.json')];
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await expect.poll(() => strata('status').code).toBe(3);
  expect(strata('doctor').out).toContain('Management server');
  expect(strata('up')).toMatchObject({ code: 0 });
  expect(killed).not.toContain(recordedPid('run/server.json'));
  expect(await statusOf('listCapabilities')).toBe(401);
});

test('a database that died alone is told of, brought back by up, and the server goes on as it is', async () => {
  const server = recordedPid('run/server.json');
  process.kill(recordedPid('mariadb/process.json'), 'SIGKILL');
  await expect.poll(() => strata('status').out).toMatch(/database +stopped: \.\/strata up --data \S+ starts it/);
  expect(strata('status').code).toBe(3);
  expect(strata('keys')).toMatchObject({ code: 1, out: expect.stringContaining('the database does not answer') as string });
  const doctor = strata('doctor');
  expect(doctor.out).toMatch(/FAIL +Database/);
  expect(doctor.out).toContain('runs, but refuses requests');
  const up = strata('up');
  expect(up).toMatchObject({ code: 0 });
  expect(up.out).toContain('==> Starting the database');
  expect(up.out).toContain(`The management server already runs (pid ${server})`);
  expect(strata('status').code).toBe(0);
  expect(strata('keys').code).toBe(0);
});

test('a server that hangs is restarted by up', () => {
  const server = recordedPid('run/server.json');
  process.kill(server, 'SIGSTOP');
  const up = strata('up');
  expect(up).toMatchObject({ code: 0 });
  expect(up.out).toContain('Restarting the management server: it does not answer');
  expect(recordedPid('run/server.json')).not.toBe(server);
});

test('the demo builds a simulated zone with a running machine, and can be repeated', () => {
  const first = strata('demo');
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toMatch(/first-vm is Running on sim-[12]\.rack\.example\.test/);
  expect(strata('status').out).toMatch(/hosts +2, 2 up/);
  expect(strata('demo').out).toContain('virtual machine: there already');
  expect(strata('verify')).toEqual({ code: 0, out: 'Database, hosts and storage agree.\n' });
});

test('a start that fails shows the reason and leaves nothing running', () => {
  strata('down');
  const result = spawnSync(program, ['up', '--data', data], {
    encoding: 'utf8',
    env: { ...process.env, STRATA_LOG_LEVEL: 'info', STRATA_INTEGRATION_PORT: 'nonsense' },
    timeout: 170_000,
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/^strata: the management server did not start \(exit code 1\): STRATA_INTEGRATION_PORT is "nonsense"/m);
  expect(strata('status').out).toMatch(/server +stopped[\s\S]*database +stopped/);
});

test('a database of somebody else that does not answer is named soon', async () => {
  const place = `127.0.0.1:${await freePort()}`;
  const result = spawnSync(program, ['up', '--data', data], {
    encoding: 'utf8',
    env: { ...process.env, STRATA_DATABASE_URL: `mysql://cloud:secret@${place}/cloud` },
    timeout: 60_000,
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toBe(`strata: the database at ${place} does not answer (ECONNREFUSED): start it, or correct STRATA_DATABASE_URL\n`);
});

test('up asks for the first password until it is changed, then never again, as each try counts against the administrator', async () => {
  strata('up');
  const place = { socket: join(data, 'run/strata.sock') };
  const { user } = (await call(place, 'listUsers', { username: 'admin', account: 'admin', listall: 'true' })) as { user: [{ id: string }] };
  await call(place, 'updateUser', { id: user[0].id, password: 'another password' });
  const outputs = [1, 2, 3].map(() => strata('up').out);
  expect(outputs.join('')).not.toContain('password "password"');
  const refused = readFileSync(join(data, 'log/server.log'), 'utf8').match(/refused a login/g) ?? [];
  expect(refused).toHaveLength(1);
});

test('CS-57: reset empties the database, needs to be told so, and works on a running installation', () => {
  strata('up');
  expect(strata('reset').out).toContain('without a terminal say --yes');
  const before = strata('keys').out;
  const reset = strata('reset', '--yes');
  expect(reset).toMatchObject({ code: 0 });
  expect(reset.out).toMatch(/r-\d+-VM {2}domainrouter {2}Running {2}on sim-/);
  expect(reset.out).toContain('Done: the database is as before the first start');
  expect(strata('up').out).toContain('password "password": change it now');
  expect(reset.out).toMatch(/Simulated hosts still hold what they held.*rm \S+simulator\.journal/);
  const after = strata('keys');
  expect(after).toMatchObject({ code: 0 });
  expect(after.out).not.toBe(before);
});

test('logs are readable lines, and those of earlier starts are kept', () => {
  const logs = strata('logs');
  expect(logs).toMatchObject({ code: 0 });
  expect(logs.out).toMatch(/^\d\d:\d\d:\d\d info /m);
  expect(logs.out).toContain('--before 1');
  expect(existsSync(join(data, 'log/server.log.1'))).toBe(true);
  expect(strata('logs', '--before', '1').out).toMatch(/^\d\d:\d\d:\d\d info /m);
  expect(strata('logs', '--before', '9').out).toContain('earlier starts are kept');
});

test('down ends everything, and says so when there is nothing to end', () => {
  const pids = [recordedPid('run/server.json'), recordedPid('mariadb/process.json')];
  expect(strata('down')).toMatchObject({ code: 0 });
  expect(pids.filter(runs)).toEqual([]);
  expect(strata('down').out).toContain('Nothing of this installation was running');
});

test('wrong words are refused with one line', () => {
  expect(strata('up', '--colour')).toMatchObject({ code: 1, out: expect.stringContaining("Unknown option '--colour'") as string });
  // Before anything is built.
  expect(strata('up', '--port', '99999').out).toBe('strata: --port takes a number from 1 to 65535, not "99999"\n');
  expect(strata('up', '--listen', 'here').out).toContain('--listen takes an address of this machine');
  expect(strata('up', '--help').out).toMatch(/^Usage: \.\/strata up /);
  expect(spawnSync(program, ['fly'], { encoding: 'utf8' }).stderr).toContain('there is no command "fly"');
});
