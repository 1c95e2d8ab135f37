// The guests that virtual routers serve, as the database has them: one statement for a machine, or for a whole pod.
import { createHash } from 'node:crypto';
import { formatIpv4, maxRouterBatch, type RouterGuest } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { openPassword } from './machine-passwords.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';

interface GuestRow {
  readonly vmId: number;
  readonly mac: string;
  readonly ip: number;
  readonly hostName: string;
  readonly uuid: string;
  readonly serviceOffering: string;
  readonly userDataRevision: string | null;
  readonly passwordRevision: string | null;
  /** JSON. */
  readonly publicKeys: string | readonly string[] | null;
}

export interface WantedGuest {
  readonly vmId: number;
  readonly entry: RouterGuest;
  readonly passwordRevision: string | null;
}

const provides = (service: string) => `JSON_CONTAINS(f.services, '{"name": "${service}", "providers": ["VirtualRouter"]}')`;
/** Of the network offering `f`. */
export const servedByRouter = `(${['Dhcp', 'Dns', 'UserData'].map(provides).join(' OR ')})`;
export const dnsByRouter = provides('Dns');

/** Cards `n` with an address in a pod's range `r`, on networks `w` that a router serves. */
export const servedCards = `nic n JOIN vlan_ip_range r ON r.id = n.range_id JOIN network w ON w.id = n.network_id
  JOIN network_offering f ON f.id = w.network_offering_id AND ${servedByRouter}`;

export const guestColumns = `n.vm_id AS vmId, n.mac, n.ip, vm.name AS hostName, vm.uuid, o.name AS serviceOffering, u.revision AS userDataRevision,
  p.revision AS passwordRevision,
  (SELECT JSON_ARRAYAGG(k.public_key ORDER BY k.position) FROM vm_ssh_key k WHERE k.vm_id = vm.id) AS publicKeys`;
export const guestJoins = `JOIN virtual_machine vm ON vm.id = n.vm_id JOIN service_offering o ON o.id = vm.service_offering_id
  LEFT JOIN vm_user_data u ON u.vm_id = vm.id LEFT JOIN vm_password p ON p.vm_id = vm.id`;

/** Machines that are gone for their users have no entry. */
const isServed = "vm.state NOT IN ('Destroyed', 'Expunging')";

export async function guestsOfPod(read: EntityManager, podId: number): Promise<WantedGuest[]> {
  const rows = await read.query<GuestRow[]>(
    `SELECT ${guestColumns} FROM ${servedCards} ${guestJoins} WHERE r.pod_id = ? AND n.ip IS NOT NULL AND ${isServed} ORDER BY n.id`,
    [podId],
  );
  return rows.map(wantedGuest);
}

export function wantedGuest(row: GuestRow): WantedGuest {
  const { publicKeys, ip, mac } = row;
  const content: Omit<RouterGuest, 'digest'> = {
    mac: mac.toLowerCase(),
    ip: formatIpv4(ip),
    hostName: row.hostName,
    uuid: row.uuid,
    serviceOffering: row.serviceOffering,
    publicKeys: typeof publicKeys === 'string' ? (JSON.parse(publicKeys) as string[]) : (publicKeys ?? []),
    userDataRevision: row.userDataRevision,
  };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('base64');
  return { vmId: row.vmId, entry: { ...content, digest }, passwordRevision: row.passwordRevision };
}

interface Tools {
  readonly read: EntityManager;
  readonly secrets: SecretBox;
}

/** What the router has to hold already, so that it is not sent again. */
export interface Held {
  readonly userDataRevision: string | null;
  readonly passwordRevision: string | null;
}

const userDataMs = 60_000;

/** Sends user data and passwords first, then the entries that name them. */
export async function putGuests(
  agent: Agent,
  guests: readonly WantedGuest[],
  { read, secrets }: Tools,
  held?: ReadonlyMap<string, Held>,
): Promise<void> {
  for (const { vmId, entry, passwordRevision } of guests) {
    const { mac, userDataRevision } = entry;
    const has = held?.get(mac);
    if (userDataRevision !== null && has?.userDataRevision !== userDataRevision) await putUserData(agent, { vmId, mac }, { read, secrets });
    if (passwordRevision !== null && has?.passwordRevision !== passwordRevision) await putPassword(agent, { vmId, mac }, { read, secrets });
  }
  for (let from = 0; from < guests.length; from += maxRouterBatch) {
    await agent.call('router.put-guests', { guests: guests.slice(from, from + maxRouterBatch).map(({ entry }) => entry) });
  }
}

type Card = { readonly vmId: number; readonly mac: string };

async function putUserData(agent: Agent, { vmId, mac }: Card, { read, secrets }: Tools): Promise<void> {
  const [row] = await read.query<{ revision: string; userData: string }[]>(
    'SELECT revision, user_data AS userData FROM vm_user_data WHERE vm_id = ?',
    [vmId],
  );
  if (!row) return;
  const base64 = secrets.open(row.userData);
  const sha256 = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
  await agent.call('router.put-user-data', { mac, revision: row.revision, base64, sha256 }, userDataMs);
}

async function putPassword(agent: Agent, { vmId, mac }: Card, { read, secrets }: Tools): Promise<void> {
  const [row] = await read.query<{ revision: string; sealed: string }[]>(
    'SELECT revision, sealed_password AS sealed FROM vm_password WHERE vm_id = ?',
    [vmId],
  );
  if (row) await agent.call('router.put-password', { mac, revision: row.revision, password: openPassword(secrets, row.sealed) });
}
