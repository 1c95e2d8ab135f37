// Looks a machine over as addHost would, and leaves it as it is.
import { check, type CheckResult } from '@strata/domain';
import { refusalOf } from '../host/explain-refusal.ts';
import { defaultGuestBridge, guestBridgeOf } from '../host/guest-bridge.ts';
import { judge } from '../host/host-inspection.ts';
import { mayEmulate } from '../host/host-rows.ts';
import { Host } from '../host/host.entity.ts';
import { ownedMachineNames } from '../host/owned-machine-names.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import type { ExamineStep, HostPatient } from './patient.ts';

export async function checkHost(step: ExamineStep, patient: HostPatient): Promise<readonly CheckResult[]> {
  const { read, drivers, config, settings } = step;
  const known = await read.findOneBy(Host, { address: patient.address, port: patient.port });
  const cluster = await read.findOneBy(Cluster, { id: patient.clusterId ?? known?.clusterId ?? 0 });
  const pod = await read.findOneBy(Pod, { id: patient.podId ?? cluster?.podId ?? 0 });
  const hypervisor = patient.hypervisor ?? cluster?.hypervisor ?? drivers.hypervisorAt(patient.address);
  const key = `doctor:${patient.loginId}`;
  const connection = await drivers.byLogin({
    key,
    hypervisor,
    address: patient.address,
    port: patient.port,
    loginId: patient.loginId,
    hostKeySha256: known?.hostKeySha256 ?? null,
  });
  const { green, red } = check('host.login', 'Login');
  try {
    const facts = await connection.driver.inspectHost(connection.address);
    const zoneId = pod?.zoneId ?? 0;
    const { checks } = await judge(read, facts, patient.address, {
      podId: pod?.id ?? null,
      clusterId: cluster?.id ?? null,
      guestBridge: known?.guestBridge ?? (pod ? await guestBridgeOf(read, zoneId) : defaultGuestBridge),
      emulationAllowed: mayEmulate(settings, config, { zoneId, clusterId: cluster?.id ?? 0 }),
      hostId: known?.id ?? null,
      ownedMachineNames: known ? await ownedMachineNames(read, known.id) : new Set(),
    });
    return [green(`${connection.address.username}@${patient.address}`), ...checks];
  } catch (error) {
    const { cause, remedy } = refusalOf(error, connection.address) ?? passing(error);
    return [red(`${connection.address.username}@${patient.address}:${patient.port}`, cause, remedy)];
  } finally {
    await connection.driver.disconnect(key);
  }
}

/** @throws the error when it is no failure of the machine */
function passing(error: unknown): { cause: string; remedy: string } {
  const kind = (error as { kind?: unknown }).kind;
  if (kind !== 'unreachable' && kind !== 'busy') throw error;
  return {
    cause: (error as Error).message,
    remedy: 'repeat the check; if it fails again, look at the network between management server and host',
  };
}
