// Which hosts can take a running machine, said on the rows of a list of hosts.
import { cpuRoom, memoryRoom } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Where } from '../../kernel/command/source.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import type { HostRow } from '../host/host.view.ts';
import { moveRequestOf } from './move-request.ts';
import { judgeHosts } from './place-machine.ts';
import type { VirtualMachine } from './virtual-machine.entity.ts';

/** Only hosts of the machine's cluster, without the one where it runs; none for a machine that runs nowhere. */
export function restrictToTargets(where: Where, vm: VirtualMachine): void {
  where.and('h.ready AND h.id <> ? AND h.cluster_id = (SELECT s.cluster_id FROM host s WHERE s.id = ?)', vm.hostId ?? 0, vm.hostId ?? 0);
}

export async function markTargets(tx: EntityManager, settings: Settings, vm: VirtualMachine, hosts: HostRow[]): Promise<void> {
  if (hosts.length === 0) return;
  const request = await moveRequestOf(tx, vm);
  const judged = new Map((await judgeHosts(tx, settings, request)).map((judgement) => [judgement.host.uuid, judgement]));
  for (const row of hosts) {
    const judgement = judged.get(row.uuid);
    const hasRoom = judgement !== undefined && !cpuRoom(judgement.host, request) && !memoryRoom(judgement.host, request);
    const refusal = judgement ? judgement.refusal : `does not run machines as the host does where ${vm.name} runs`;
    row.target = { refusal: refusal ?? null, hasRoom };
  }
}
