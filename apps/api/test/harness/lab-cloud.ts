// A cloud on the lab's real hosts: database, server process and zone; and hosts and exports as somebody at their consoles sees them.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lab, labValue, type LabValues, labValues, systemVmImage } from '../../../../libs/hypervisor/src/kvm/lab-hosts.ts';
import { type MariadbServer, startThrowawayMariadb } from '../../../../tools/mariadb.mjs';
import { ApiClient, type Body, type Params } from './api-client.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export type HostName = 'kvm1' | 'kvm2';
export const hostNames: readonly HostName[] = ['kvm1', 'kvm2'];

/** Named as parameters of the API are. */
export interface LabPlace {
  readonly zoneid: string;
  readonly podid: string;
  readonly clusterid: string;
}

export interface LabZone {
  readonly cloud: LabCloud;
  readonly place: LabPlace;
  /** As listSystemVms shows them. */
  readonly machines: readonly Body[];
}

/** Lets a server find the system VM template, which it brings to secondary storage by itself. */
export function systemVmEnvironment(): NodeJS.ProcessEnv {
  return { STRATA_EMULATION: '1', STRATA_SYSTEMVM_IMAGE: systemVmImage() };
}

const serialFolder = '/var/log/libvirt/strata';

export class LabCloud {
  readonly dataFolder = mkdtempSync(join(tmpdir(), 'strata-lab-cloud-'));
  readonly values: LabValues;
  /** Of root on each host, before the server was there. */
  readonly keysAtFirst = new Map<HostName, string>();
  private readonly label: string;
  private readonly database: MariadbServer;
  private readonly environment: NodeJS.ProcessEnv;
  private running: ServerProcess | undefined;
  private keys: { apiKey: string; secretKey: string } | undefined;

  private constructor(label: string, values: LabValues, database: MariadbServer, environment: NodeJS.ProcessEnv) {
    this.label = label;
    this.values = values;
    this.database = database;
    this.environment = environment;
    for (const kind of ['primary', 'secondary'] as const) mkdirSync(this.folderOf(kind), { recursive: true });
    for (const host of hostNames) {
      this.at(host, forgetLogsScript);
      this.keysAtFirst.set(host, this.authorizedKeysOn(host));
    }
  }

  /** A server that has nothing yet. Its storage is a folder of its own in each of the lab's exports. */
  static async start(label: string, environment: NodeJS.ProcessEnv = { STRATA_EMULATION: '1' }): Promise<LabCloud> {
    // The NFS server remembers folders of earlier runs that were erased behind its back.
    const cloud = new LabCloud(`${label}-${randomUUID().slice(0, 8)}`, labValues(), await startThrowawayMariadb(), environment);
    await cloud.startServer();
    return cloud;
  }

  async startServer(failpoint?: string): Promise<ServerProcess> {
    this.running = await startServerProcess({
      databaseUrl: this.database.url,
      dataFolder: this.dataFolder,
      env: { STRATA_SIMULATOR: '0', ...this.environment },
      ...(failpoint !== undefined && { failpoint }),
    });
    this.keys ??= await administratorKeys(this.running.local);
    return this.running;
  }

  get server(): ServerProcess {
    return this.running!;
  }

  /** The administrator, by signed requests. */
  get admin(): ApiClient {
    return ApiClient.signed(this.server.url, this.keys!);
  }

  /** Ends server and database. What the tests left on hosts and exports is ended and erased here, so that it fails no other suite. */
  async stop(): Promise<void> {
    try {
      await this.running?.stop();
    } finally {
      await this.database.stop();
      for (const host of hostNames) this.at(host, cleaningScript(this.label, this.keysAtFirst.get(host)!));
      for (const kind of ['primary', 'secondary'] as const) rmSync(this.folderOf(kind), { recursive: true, force: true });
      rmSync(this.dataFolder, { recursive: true, force: true });
    }
  }

  value(name: string): string {
    return labValue(this.values, name);
  }

  /** Zone, physical network, guest network, pod with its ranges, cluster. Without `systemVms` nothing runs there that a test did not ask for. */
  async createPlace({ systemVms = false }: { readonly systemVms?: boolean } = {}): Promise<LabPlace> {
    const { admin } = this;
    const subnet = { gateway: this.value('LAB_GATEWAY'), netmask: this.value('LAB_NETMASK') };
    const zoneid = idIn(
      await admin.call('createZone', { name: this.label, networktype: 'Basic', dns1: subnet.gateway, internaldns1: subnet.gateway }),
    );
    const physicalnetworkid = String((await admin.run('createPhysicalNetwork', { zoneid, name: 'physical' }))['id']);
    for (const traffictype of ['Guest', 'Management']) {
      await admin.run('addTrafficType', { physicalnetworkid, traffictype, kvmnetworklabel: this.value('LAB_GUEST_BRIDGE') });
    }
    await admin.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' });
    for (const name of ['VirtualRouter', 'SecurityGroupProvider']) {
      const [provider] = await admin.list('listNetworkServiceProviders', { name, physicalnetworkid });
      const [element] = name === 'VirtualRouter' ? await admin.list('listVirtualRouterElements', { nspid: String(provider!['id']) }) : [];
      if (element) await admin.run('configureVirtualRouterElement', { id: String(element['id']), enabled: true });
      await admin.run('updateNetworkServiceProvider', { id: String(provider!['id']), state: 'Enabled' });
    }
    const [offering] = await admin.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOfferingWithSGService' });
    const networkid = idIn(
      await admin.call('createNetwork', { zoneid, name: 'guests', displaytext: 'guests', networkofferingid: String(offering!['id']) }),
    );
    const podid = idIn(
      await admin.call('createPod', {
        zoneid,
        name: 'pod',
        ...subnet,
        startip: this.value('LAB_POD_START'),
        endip: this.value('LAB_POD_END'),
      }),
    );
    const guests = { startip: this.value('LAB_GUEST_START'), endip: this.value('LAB_GUEST_END') };
    await admin.call('createVlanIpRange', { podid, networkid, ...subnet, ...guests, forvirtualnetwork: false });
    const clusterid = idIn(
      await admin.call('addCluster', { zoneid, podid, clustername: 'cluster', hypervisor: 'KVM', clustertype: 'CloudManaged' }),
    );
    if (!systemVms) await admin.call('updateConfiguration', { name: 'system.vms', value: 'false', zoneid });
    return { zoneid, podid, clusterid };
  }

  /** What addHost takes for a host of the lab. */
  hostParams(host: HostName, place: LabPlace, port?: number): Params {
    const url = `http://${this.addressOf(host)}${port === undefined ? '' : `:${port}`}`;
    return { ...place, hypervisor: 'KVM', url, username: this.value('LAB_USER'), password: this.value('LAB_PASSWORD') };
  }

  async addHost(host: HostName, place: LabPlace): Promise<Body> {
    const { host: added } = (await this.admin.call('addHost', this.hostParams(host, place))) as { host: Body[] };
    return added[0]!;
  }

  async addPrimary(place: LabPlace): Promise<string> {
    return idIn(await this.admin.call('createStoragePool', { ...place, name: 'primary', url: this.exportUrl('primary') }));
  }

  async addSecondary({ zoneid }: LabPlace): Promise<string> {
    return idIn(await this.admin.call('addImageStore', { provider: 'NFS', zoneid, url: this.exportUrl('secondary') }));
  }

  /** The lab's small Linux guest as a template; the command is only for who is at the management server. */
  async installGuest(): Promise<string> {
    const params = {
      path: realpathSync(this.value('LAB_GUEST_IMAGE')),
      name: 'guest',
      ostype: 'Other Linux (64-bit)',
      secondary: this.exportUrl('secondary'),
    };
    return String((await this.server.local.run('installTemplate', params))['id']);
  }

  /** A server with a zone that runs its system machines: hosts, storage and the system VM template are there, the zone is enabled. */
  static async startWithSystemVms(label: string, hosts: readonly HostName[] = hostNames): Promise<LabZone> {
    const cloud = await LabCloud.start(label, systemVmEnvironment());
    try {
      const place = await cloud.createPlace({ systemVms: true });
      for (const host of hosts) await cloud.addHost(host, place);
      await cloud.addPrimary(place);
      await cloud.addSecondary(place);
      await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
      return { cloud, place, machines: await cloud.systemVmsUp() };
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  /** Waits until one machine of each kind that the zone is to have runs with its agent Up. @throws Error that shows what there is instead */
  async systemVmsUp(timeoutMs = 240_000): Promise<Body[]> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const machines = await this.admin.list('listSystemVms');
      const up = machines.filter(({ state, agentstate }) => state === 'Running' && agentstate === 'Up');
      if (machines.length === 2 && up.length === 2) return machines;
      if (performance.now() > deadline) {
        const alerts = await this.admin.list('listAlerts');
        throw new Error(`system machines: ${JSON.stringify(machines)}; alerts: ${JSON.stringify(alerts)}`);
      }
      await sleep(500);
    }
  }

  /** One processor and the 128 MiB that the guest needs. */
  async createOffering(): Promise<string> {
    return idIn(
      await this.admin.call('createServiceOffering', { name: 'small', displaytext: 'small', cpunumber: 1, cpuspeed: 500, memory: 128 }),
    );
  }

  async differences(): Promise<Body[]> {
    return this.admin.list('verifyInventory');
  }

  exportUrl(kind: 'primary' | 'secondary'): string {
    return `nfs://${this.value('LAB_NFS_SERVER')}${this.value(`LAB_NFS_${kind.toUpperCase()}`)}/${this.label}`;
  }

  addressOf(host: HostName): string {
    return this.value(`LAB_${host.toUpperCase()}_ADDRESS`);
  }

  /** Runs shell text on the host and gives what it printed. */
  at(host: HostName, command: string): string {
    return lab('ssh', host, command).trim();
  }

  fault(name: string, host: HostName): void {
    lab('fault', name, host);
  }

  /** `host machine`, sorted, of all that libvirt knows. */
  machines(): string[] {
    return hostNames.flatMap((host) => words(this.at(host, 'virsh list --all --name')).map((name) => `${host} ${name}`)).sort();
  }

  serialLog(host: HostName, machine: string): string {
    return this.at(host, `cat ${serialFolder}/${machine}.serial.log 2>/dev/null || true`);
  }

  /** `host machine`, sorted, of the serial logs that were kept. */
  serialLogs(): string[] {
    return hostNames
      .flatMap((host) => words(this.at(host, `ls ${serialFolder} 2>/dev/null || true`)).map((file) => `${host} ${file.split('.')[0]}`))
      .sort();
  }

  /** Sources of the NFS mounts of a host below this cloud's folders. */
  mountsOn(host: HostName): string[] {
    return words(this.at(host, "awk '$3 ~ /nfs/ { print $1 }' /proc/mounts"))
      .filter((source) => source.endsWith(`/${this.label}`))
      .sort();
  }

  authorizedKeysOn(host: HostName): string {
    return this.at(host, 'cat /root/.ssh/authorized_keys');
  }

  /** Files below this cloud's folder of an export, seen from the NFS server. */
  files(kind: 'primary' | 'secondary'): string[] {
    const folder = this.folderOf(kind);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort();
  }

  /** This cloud's folder of an export, seen from the NFS server. */
  folderOf(kind: 'primary' | 'secondary'): string {
    return join(this.value('LAB_EXPORTS_FOLDER'), kind, this.label);
  }
}

async function administratorKeys(local: ApiClient): Promise<{ apiKey: string; secretKey: string }> {
  const [admin] = await local.list('listUsers', { username: 'admin' });
  const { userkeys } = (await local.call('registerUserKeys', { id: String(admin!['id']) })) as {
    userkeys: { apikey: string; secretkey: string };
  };
  return { apiKey: userkeys.apikey, secretKey: userkeys.secretkey };
}

/** Of the one object in an answer, or the one in its list. */
function idIn(body: Body): string {
  const [object] = Object.values(body)
    .flat()
    .filter((value) => value instanceof Object) as Body[];
  return String(object!['id']);
}

/** Removes serial logs of earlier runs, whose machines run no more. */
const forgetLogsScript = `for log in ${serialFolder}/*.serial.log; do
  virsh domstate "$(basename "$log" .serial.log)" >/dev/null 2>&1 || rm -f "$log"
done`;

/** Ends the machines whose disks lie on mounts of the label, and takes off mounts and keys; what is of others stays. */
const cleaningScript = (
  label: string,
  keys: string,
): string => `awk '$3 ~ /nfs/ && $1 ~ "/${label}$" { print $2 }' /proc/mounts | while read -r folder; do
  for name in $(virsh list --name); do
    virsh dumpxml "$name" | grep -qF "$folder/" && virsh destroy "$name" && rm -f "${serialFolder}/$name".*
  done
  umount -l "$folder" && rmdir "$folder"
done
cat >/root/.ssh/authorized_keys <<'END'
${keys}
END`;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
