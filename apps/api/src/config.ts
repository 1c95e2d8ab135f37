// What the server takes from its environment; everything else is a setting in the database.
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';

export interface ServerConfig {
  /** mysql://user:password@host:port/database */
  readonly databaseUrl: string;
  /** Folder of keys, sockets and uploads that belong to this installation. */
  readonly dataFolder: string;
  /** Folder of the system VM template that was built for this server, with its record `systemvm.json`; it may not be there. */
  readonly systemVmImageFolder: string;
  readonly listenAddress: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Unauthenticated port on loopback; 0 opens none. */
  readonly integrationPort: number;
  /** Offer the simulated hypervisor beside KVM. */
  readonly simulator: boolean;
  /** Take hosts without hardware virtualisation. */
  readonly emulation: boolean;
  /** Let admin log in with the initial password from other machines too. */
  readonly allowDefaultPassword: boolean;
  readonly logLevel: string;
  /** Addresses and CIDRs of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  readonly trustedProxies: readonly string[];
}

/** @throws Error that names the variable and what it must look like */
export function readConfig(env: NodeJS.ProcessEnv): ServerConfig {
  const databaseUrl = env['STRATA_DATABASE_URL'];
  if (!databaseUrl)
    throw new Error('STRATA_DATABASE_URL is not set: give mysql://user:password@host:port/cloud, or start with ./strata up');
  const dataFolder = resolve(env['STRATA_DATA'] ?? 'var');
  return {
    databaseUrl,
    dataFolder,
    systemVmImageFolder: systemVmImageFolder(env, dataFolder),
    listenAddress: env['STRATA_LISTEN'] ?? '127.0.0.1',
    port: portOf(env, 'STRATA_PORT', 8080),
    integrationPort: portOf(env, 'STRATA_INTEGRATION_PORT', 0),
    simulator: flagOf(env, 'STRATA_SIMULATOR'),
    emulation: flagOf(env, 'STRATA_EMULATION'),
    allowDefaultPassword: flagOf(env, 'STRATA_ALLOW_DEFAULT_PASSWORD'),
    logLevel: env['STRATA_LOG_LEVEL'] ?? 'info',
    trustedProxies: networksOf(env, 'STRATA_TRUSTED_PROXIES'),
  };
}

/** Where ./strata systemvm build puts the template, or that of the one which the environment names. */
export function systemVmImageFolder(env: NodeJS.ProcessEnv, dataFolder: string): string {
  const image = env['STRATA_SYSTEMVM_IMAGE'];
  return image ? dirname(resolve(image)) : join(dataFolder, 'systemvm');
}

/** Where the trusted local socket is. */
export function socketPath(dataFolder: string): string {
  return join(dataFolder, 'run', 'strata.sock');
}

function portOf(env: NodeJS.ProcessEnv, name: string, initial: number): number {
  const text = env[name] ?? String(initial);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is "${text}": a port from 0 to 65535 is expected`);
  return port;
}

function flagOf(env: NodeJS.ProcessEnv, name: string): boolean {
  const text = env[name] ?? '0';
  if (text !== '0' && text !== '1') throw new Error(`${name} is "${text}": 0 or 1 is expected`);
  return text === '1';
}

function networksOf(env: NodeJS.ProcessEnv, name: string): readonly string[] {
  const networks = (env[name] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const wrong = networks.find((text) => !isNetwork(text));
  if (wrong !== undefined)
    throw new Error(
      `${name} holds "${wrong}": addresses and networks with commas between them are expected, for example 192.0.2.7,10.0.0.0/8`,
    );
  return networks;
}

/** An address, or one with the length of its prefix. Everybody (`/0`) is nobody to trust. */
function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) >= 1 && Number(length) <= (family === 4 ? 32 : 128));
}
