// Opens an authenticated SSH connection with a pinned host key and names each way it can fail.
import { createHash } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { Client } from 'ssh2';
import type { ConnectConfig } from 'ssh2';
import { DriverError } from '../../driver-error.ts';
import type { HostAddress } from '../../specs.ts';

const connectTimeoutMs = 10_000;
const handshakeTimeoutMs = 15_000;
/** A peer that vanished without a word is noticed when three of these in a row stay unanswered. */
const keepaliveIntervalMs = 5_000;

/** Where a host is, for messages. */
export function endpoint(host: HostAddress): string {
  return `${host.username}@${host.address}:${host.port}`;
}

/** Base64 without padding, as `ssh-keygen -l` prints it after `SHA256:`. */
export function fingerprint(hostKey: Buffer): string {
  return createHash('sha256').update(hostKey).digest('base64').replace(/=+$/, '');
}

export async function connectSsh(host: HostAddress): Promise<{ client: Client; hostKeySha256: string }> {
  const socket = await openSocket(host);
  const client = new Client();
  let seen = '';
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
      client.once('close', () => reject(lost(host)));
      client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
        finish(prompts.map(() => (host.credential.kind === 'password' ? host.credential.password : '')));
      });
      client.connect({
        ...login(host),
        sock: socket,
        readyTimeout: handshakeTimeoutMs,
        keepaliveInterval: keepaliveIntervalMs,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          seen = fingerprint(key);
          return host.hostKeySha256 === null || host.hostKeySha256 === seen;
        },
      });
    });
  } catch (cause) {
    client.on('error', () => undefined);
    client.destroy();
    throw handshakeFailure(host, seen, cause);
  }
  client.removeAllListeners('close');
  return { client, hostKeySha256: seen };
}

function login(host: HostAddress): ConnectConfig {
  const { credential, username } = host;
  if (credential.kind === 'key') return { username, privateKey: credential.privateKeyPem, authHandler: ['publickey'] };
  return { username, password: credential.password, tryKeyboard: true, authHandler: ['password', 'keyboard-interactive'] };
}

/** ssh2's own connect leaves Nagle's algorithm on, which costs 40 ms for each small message. */
function openSocket(host: HostAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: host.address, port: host.port, noDelay: true, timeout: connectTimeoutMs });
    const fail = (error: DriverError): void => {
      socket.destroy();
      reject(error);
    };
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      resolve(socket);
    });
    socket.once('timeout', () => fail(unanswered(host)));
    socket.once('error', (cause: NodeJS.ErrnoException) => fail(socketFailure(host, cause)));
  });
}

function unanswered(host: HostAddress): DriverError {
  return new DriverError('unreachable', `${host.address} port ${host.port} did not answer within ${connectTimeoutMs / 1000} s`, {
    reason: 'timedOut',
  });
}

export function lost(host: HostAddress, cause?: unknown): DriverError {
  return new DriverError('unreachable', `the SSH connection to ${endpoint(host)} was lost`, { cause, reason: 'connectionLost' });
}

function socketFailure(host: HostAddress, cause: NodeJS.ErrnoException): DriverError {
  switch (cause.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new DriverError('unreachable', `the host name ${host.address} does not resolve`, { cause, reason: 'nameNotResolved' });
    case 'ECONNREFUSED':
      return new DriverError('unreachable', `${host.address} refuses connections to port ${host.port}`, {
        cause,
        reason: 'connectionRefused',
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return new DriverError('unreachable', `no route to ${host.address} port ${host.port} (${cause.code})`, { cause, reason: 'timedOut' });
    default:
      return new DriverError('unreachable', `connecting to ${host.address} port ${host.port} failed (${cause.code ?? cause.message})`, {
        cause,
        reason: 'connectionLost',
      });
  }
}

function handshakeFailure(host: HostAddress, seen: string, cause: unknown): DriverError {
  if (cause instanceof DriverError) return cause;
  if (host.hostKeySha256 !== null && seen !== '' && seen !== host.hostKeySha256) {
    const message = `${host.address} shows the host key SHA256:${seen} instead of the known SHA256:${host.hostKeySha256}`;
    return new DriverError('refused', message, { cause, reason: 'hostKeyChanged' });
  }
  const level = (cause as { level?: string }).level;
  if (level === 'client-authentication') {
    const what = host.credential.kind === 'key' ? 'the management key' : 'the password';
    return new DriverError('refused', `${host.address} does not accept ${what} for the login ${host.username}`, {
      cause,
      reason: 'wrongCredentials',
    });
  }
  if (level === 'client-timeout') {
    return new DriverError('unreachable', `${host.address} port ${host.port} accepted a connection but no SSH server answered`, {
      cause,
      reason: 'timedOut',
    });
  }
  if (level === undefined && /privateKey|key/i.test(String((cause as Error).message)) && seen === '') {
    return new DriverError('refused', 'the private key of the login cannot be read', { cause, reason: 'wrongCredentials' });
  }
  return lost(host, cause);
}
