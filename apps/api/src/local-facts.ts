// What the machine of the management server and its database are, for the doctor: asked by the server itself and, when it is down, by the command line.
import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { hostname, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { DatabaseVariables, ManagementFacts } from '@strata/domain';
import { createConnection } from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';

const run = promisify(execFile);
const commandLimitMs = 10_000;
const mib = 2 ** 20;

/** @throws when the data folder does not exist */
export async function inspectManagementServer(dataFolder: string): Promise<ManagementFacts> {
  const { bavail, bsize } = await statfs(dataFolder);
  return {
    hostname: hostname(),
    fqdn: await textOf('hostname', '--fqdn'),
    nodeVersion: process.version,
    memoryMib: Math.floor(Math.min(totalmem(), process.constrainedMemory() || Infinity) / mib),
    dataFolder,
    dataFreeBytes: bavail * bsize,
    isDataWritable: await access(dataFolder, constants.W_OK).then(
      () => true,
      () => false,
    ),
    usesDhcp: usesDhcp(await textOf('ip', '-j', '-4', 'address')),
  };
}

/** @throws what mysql2 throws when the database cannot be reached or refuses the login */
export async function readDatabaseVariables(databaseUrl: string): Promise<DatabaseVariables> {
  const connection = await createConnection({ uri: databaseUrl, connectTimeout: commandLimitMs });
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES');
    return Object.fromEntries(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  } finally {
    await connection.end();
  }
}

interface LinkReport {
  readonly addr_info: readonly { readonly scope: string; readonly dynamic?: boolean }[];
}

/** From what `ip -j -4 address` prints: an address with a lease is marked dynamic (ip-address(8)). Null when there is no network address. */
export function usesDhcp(report: string | null): boolean | null {
  if (report === null) return null;
  const addresses = (JSON.parse(report) as LinkReport[]).flatMap((link) => link.addr_info).filter((address) => address.scope === 'global');
  return addresses.length === 0 ? null : addresses.every((address) => address.dynamic === true);
}

/** What a program prints, null when it fails or is not there. */
async function textOf(program: string, ...words: string[]): Promise<string | null> {
  try {
    const env = { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };
    return (await run(program, words, { timeout: commandLimitMs, env })).stdout.trim();
  } catch {
    return null;
  }
}
