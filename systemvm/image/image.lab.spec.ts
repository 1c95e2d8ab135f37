// The system VM template by itself: it boots under emulation in 256 MiB, is reached as the management server does, and stops in order.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { agentSocketPath, agentSshPort, type AgentHealth, managementSocketPath, type SystemVmBootData } from '@strata/domain';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'strata-image-'));
const file = (name: string): string => join(folder, name);
const controlIp = '169.254.3.4';

let image: string;
let record: { version: string; sizeBytes: number; virtualSizeBytes: number };
let machine: ChildProcess;
let sshPort: number;
let hostKey: string;

beforeAll(async () => {
  image = process.env['STRATA_SYSTEMVM_IMAGE'] ?? buildImage();
  record = JSON.parse(readFileSync(join(image, '../systemvm.json'), 'utf8')) as typeof record;
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', image, file('root.qcow2')]);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]);
  sshPort = await freePort();
  await boot();
});
afterAll(() => {
  machine.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** In the folder that the other lab specs use too: built once of the same sources. */
function buildImage(): string {
  const data = join(tmpdir(), 'strata-systemvm-for-tests');
  execFileSync(join(repository, 'strata'), ['systemvm', 'build', '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] });
  const built = JSON.parse(readFileSync(join(data, 'systemvm/systemvm.json'), 'utf8')) as { file: string };
  return join(data, 'systemvm', built.file);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function boot(): Promise<void> {
  const bootData: SystemVmBootData = {
    version: 1,
    kind: 'consoleproxy',
    uuid: 'a8098c1a-f86e-11da-bd1a-00112444be1e',
    name: 'v-7-VM',
    nics: [
      { purpose: 'control', mac: '02:00:4c:00:00:01', ip: controlIp, prefixLength: 16 },
      { purpose: 'management', mac: '02:00:4c:00:00:02', ip: '10.0.2.15', prefixLength: 24, gateway: '10.0.2.2' },
    ],
    dns: ['10.0.2.3'],
    authorizedKey: readFileSync(file('key.pub'), 'utf8').trim(),
  };
  const text = Buffer.from(JSON.stringify(bootData)).toString('base64');
  rmSync(file('serial.log'), { force: true });
  const output = openSync(file('qemu.log'), 'a');
  // The control network leads to this machine alone.
  machine = spawn(
    'qemu-system-x86_64',
    [
      ['-accel', 'tcg', '-machine', 'pc', '-m', '256', '-display', 'none'],
      ['-serial', `file:${file('serial.log')}`, '-monitor', `unix:${file('monitor')},server,nowait`],
      ['-drive', `file=${file('root.qcow2')},if=virtio,format=qcow2`],
      ['-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng'],
      ['-fw_cfg', `name=opt/org.strata/boot-data,string=${text}`],
      [
        '-netdev',
        `user,id=control,net=169.254.0.0/16,host=169.254.0.2,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-${controlIp}:${agentSshPort}`,
      ],
      ['-device', 'virtio-net-pci,netdev=control,mac=02:00:4c:00:00:01'],
      ['-netdev', 'user,id=management', '-device', 'virtio-net-pci,netdev=management,mac=02:00:4c:00:00:02'],
    ].flat(),
    { stdio: ['ignore', output, output] },
  );
  closeSync(output);
  await vi.waitFor(() => expect(serial()).toMatch(/STRATA-SYSTEMVM READY kind=consoleproxy name=v-7-VM /), {
    timeout: 120_000,
    interval: 250,
  });
  hostKey = await vi.waitFor(() => keyscan(), { timeout: 60_000, interval: 500 });
}

function serial(): string {
  return existsSync(file('serial.log')) ? readFileSync(file('serial.log'), 'latin1') : readFileSync(file('qemu.log'), 'utf8');
}

function keyscan(): string {
  const found = execFileSync('ssh-keyscan', ['-T', '5', '-t', 'ed25519', '-p', String(sshPort), '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const key = found.toString().split(' ').slice(1).join(' ').trim();
  if (!key.startsWith('ssh-ed25519 ')) throw new Error('no host key is shown yet');
  return key;
}

const sshOptions = (): string[] =>
  [
    ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'BatchMode=yes'],
    ['-o', 'ExitOnForwardFailure=yes', '-i', file('key'), '-p', String(sshPort), 'root@127.0.0.1'],
  ].flat();
const run = promisify(execFile);
const inside = async (command: string): Promise<string> =>
  (await run('ssh', [...sshOptions(), command], { encoding: 'utf8', timeout: 60_000 })).stdout;

function health(socketPath: string): Promise<AgentHealth> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/health', method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(JSON.parse(text) as AgentHealth));
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

it('is small, and says in how many seconds its agent is ready', () => {
  expect(record.sizeBytes).toBe(statSync(image).size);
  expect(record.sizeBytes).toBeLessThan(200 * 1024 ** 2);
  expect(record.virtualSizeBytes).toBeLessThanOrEqual(2 * 1024 ** 3);
  const seconds = /READY .* seconds=([\d.]+)/.exec(serial())?.[1];
  process.stdout.write(`the agent was ready after ${seconds} s\n`);
  expect(serial()).toContain(`version=${record.version}`);
});

it('answers over streams that SSH forwards, both ways', async () => {
  const tunnel = spawn('ssh', [
    '-N',
    '-L',
    `${file('agent.sock')}:${agentSocketPath}`,
    '-R',
    `${managementSocketPath}:${file('management.sock')}`,
    ...sshOptions(),
  ]);
  const management = createServer((stream) => stream.end('from the management server')).listen(file('management.sock'));
  try {
    await expect.poll(() => existsSync(file('agent.sock')), { timeout: 30_000 }).toBe(true);
    const { kind, templateVersion, configurationHash } = await health(file('agent.sock'));
    expect({ kind, templateVersion, configurationHash }).toEqual({
      kind: 'consoleproxy',
      templateVersion: record.version,
      configurationHash: null,
    });
    const script = `require('net').connect('${managementSocketPath}').on('data', (text) => console.log(String(text)))`;
    expect(await inside(`node -e "${script}"`)).toBe('from the management server\n');
  } finally {
    tunnel.kill();
    management.close();
  }
});

it('has its name, addresses and default route', async () => {
  expect(await inside('hostname; ip -br -4 address; ip route show default; cat /etc/resolv.conf')).toMatch(
    /^v-7-VM\nlo +UNKNOWN +127\.0\.0\.1\/8 \ncontrol +UP +169\.254\.3\.4\/16 \nmanagement +UP +10\.0\.2\.15\/24 \ndefault via 10\.0\.2\.2 dev management onlink \nnameserver 10\.0\.2\.3\n/,
  );
});

it('listens for SSH on the control card only and takes no password', async () => {
  expect((await inside('cat /proc/net/tcp')).match(/[0-9A-F]{8}:0F52 00000000:0000 0A/g)).toEqual(['0403FEA9:0F52 00000000:0000 0A']);
  expect(await inside('nft list chain inet strata input')).toMatch(/policy drop;[^]*iifname "control" tcp dport 3922 accept/);
  const offered = await new Promise<string>((resolve) => {
    const child = spawn('ssh', ['-o', 'LogLevel=DEBUG', '-o', 'PubkeyAuthentication=no', ...sshOptions(), 'true']);
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('close', () => resolve(text));
  });
  expect(offered).toMatch(/Authentications that can continue: publickey\r?\n/);
  expect(offered).toContain('Permission denied (publickey)');
});

it('has what the roles need', async () => {
  const tools = 'qemu-img dnsmasq nft mount.nfs xz bzip2 gzip unzip node';
  expect(await inside(`for tool in ${tools}; do command -v $tool >/dev/null || echo $tool; done`)).toBe('');
  expect(await inside('modprobe -a nfsv3 nfsv4 loop && echo loaded')).toBe('loaded\n');
  expect(Number(await inside("awk '/MemAvailable/ { print $2 }' /proc/meminfo"))).toBeGreaterThan(100 * 1024);
});

it('starts its agent again when that dies', async () => {
  const before = (await inside('cat /run/strata/agent.pid')).trim();
  await inside(`kill -KILL ${before}`);
  await expect.poll(() => serial().match(/STRATA-SYSTEMVM READY/g)?.length, { timeout: 60_000, interval: 500 }).toBe(2);
  expect((await inside('cat /run/strata/agent.pid')).trim()).not.toBe(before);
});

it('stops in order at the power button, and keeps its host key for the next start', async () => {
  const started = Date.now();
  const ended = new Promise((resolve) => machine.once('exit', resolve));
  connect(file('monitor')).end('system_powerdown\n');
  await Promise.race([ended, sleep(60_000)]);
  expect(machine.exitCode).toBe(0);
  process.stdout.write(`it was off after ${(Date.now() - started) / 1000} s\n`);
  expect(serial()).toMatch(/STRATA-SYSTEMVM agent stopped\r?\n[^]*STRATA-SYSTEMVM STOPPED/);
  const before = hostKey;
  await boot();
  expect(hostKey).toBe(before);
});
