// The agent of a system machine, addressed: through which host, at which control address, by which key.
import { type AgentCommandName, type AgentReply, type AgentRequest, formatIpv4, problem } from '@strata/domain';
import type { AgentAddress } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { HostConnection, HostDrivers } from '../host/host-drivers.ts';
import type { Agent } from './system-vm-role.ts';
import type { SystemVm } from './system-vm.entity.ts';

/** The management key lets the server in to hosts and system machines alike. */
export function agentAddress(
  host: HostConnection,
  machine: { readonly uuid: string; readonly hostKeySha256: string | null },
  controlIp: string,
): AgentAddress {
  const { credential } = host.address;
  if (credential.kind !== 'key') throw problem('bug', 'system machines are reached by key only');
  return { key: machine.uuid, controlIp, privateKeyPem: credential.privateKeyPem, hostKeySha256: machine.hostKeySha256 };
}

export function agentAt(host: HostConnection, address: AgentAddress): Agent {
  return {
    call<C extends AgentCommandName>(command: C, request: AgentRequest<C>, timeoutMs?: number): Promise<AgentReply<C>> {
      return host.driver.agents.call(host.address, address, command, request, timeoutMs);
    },
  };
}

export interface ReachedAgent {
  readonly agent: Agent;
  readonly host: HostConnection;
  readonly address: AgentAddress;
}

/** @throws Problem `unavailable` while the machine is on no host */
export async function agentOf(
  vm: Pick<SystemVm, 'id' | 'uuid' | 'hostId' | 'hostKeySha256'>,
  { read, drivers }: { readonly read: EntityManager; readonly drivers: HostDrivers },
): Promise<ReachedAgent> {
  if (vm.hostId === null) throw problem('unavailable', 'the system machine does not run: startSystemVm starts it');
  const [card] = await read.query<{ ip: number }[]>("SELECT ip FROM system_nic WHERE system_vm_id = ? AND purpose = 'control'", [vm.id]);
  if (!card) throw problem('unavailable', 'the system machine has no control address any more');
  const host = await drivers.for(vm.hostId);
  const address = agentAddress(host, vm, formatIpv4(card.ip));
  return { agent: agentAt(host, address), host, address };
}
