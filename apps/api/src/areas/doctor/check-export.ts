// Reaches an NFS export from a host, or from the management server while there is none, and judges what was seen.
import { check, type CheckResult, nfsChecks, type NfsProbe, problem } from '@strata/domain';
import { probeNfsLocally } from '@strata/hypervisor';
import { explainRefusal } from '../host/explain-refusal.ts';
import { resolved } from '../host/host-inspection.ts';
import { networksAround } from '../zone/pod-networks.ts';
import type { ExamineStep, NfsPatient } from './patient.ts';

/** Less than this is amber. */
const wantedFreeBytes = 10 * 2 ** 30;

interface Viewpoint {
  readonly name: string;
  /** Networks of the hosts around it. */
  readonly clients: readonly string[];
  probe(server: string): Promise<NfsProbe>;
}

export async function checkExport(step: ExamineStep, { server, path, hostId }: NfsPatient): Promise<readonly CheckResult[]> {
  const viewpoint = await viewpointOf(step, path, hostId);
  const probe = await viewpoint.probe(server);
  const seenFrom = check('nfs.from', 'Seen from').green(viewpoint.name);
  return [
    seenFrom,
    ...nfsChecks(probe, { wantedFreeBytes, clients: viewpoint.clients, byAddress: await probeByAddress(viewpoint, probe) }),
  ];
}

async function viewpointOf({ read, drivers }: ExamineStep, path: string, hostId: number | null): Promise<Viewpoint> {
  const [host] = await read.query<{ id: number; name: string }[]>(
    `SELECT id, name FROM host WHERE ready AND ${hostId === null ? "state = 'Up'" : 'id = ?'} ORDER BY id LIMIT 1`,
    hostId === null ? [] : [hostId],
  );
  if (!host && hostId !== null)
    throw problem('invalid', 'parameter hostid: the host is not ready yet; leave it out, or wait until it is Up');
  if (!host) return { name: 'the management server, since no host is Up', clients: [], probe: (server) => probeNfsLocally(server, path) };
  const { driver, address } = await drivers.for(host.id);
  return {
    name: `host ${host.name}`,
    clients: await networksAround(read, host.id),
    async probe(server) {
      try {
        return await driver.mounts.probeNfs(address, server, path);
      } catch (error) {
        throw explainRefusal(error, address) ?? error;
      }
    },
  };
}

/** CS-38: when the name fails, the address that the management server knows for it may work. */
async function probeByAddress(viewpoint: Viewpoint, probe: NfsProbe): Promise<NfsProbe | undefined> {
  if (probe.mount === 'ok') return undefined;
  const address = await resolved(probe.server);
  return address === null || address === probe.server || address === probe.resolvedAddress ? undefined : viewpoint.probe(address);
}
