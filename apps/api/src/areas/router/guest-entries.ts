// A machine's entry in the router of its pod: made before the machine starts, changed with it, removed with it.
import { setTimeout as sleep } from 'node:timers/promises';
import { formatIpv4, type Problem, problem, systemVmName } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import { agentAddress, agentAt } from '../system-vm/agent-of.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import { agentStartSeconds, systemVmsWanted } from '../system-vm/system-vm.settings.ts';
import { guestColumns, guestJoins, putGuests, servedCards, type WantedGuest, wantedGuest } from './router-guests.ts';

type EntryStep = Pick<HostsStep<unknown, unknown>, 'read' | 'drivers' | 'secrets' | 'settings' | 'clock' | 'log'>;

interface RouterColumns {
  readonly podId: number;
  readonly podName: string;
  readonly routerId: number | null;
  readonly routerUuid: string | null;
  readonly routerState: string | null;
  readonly isStoppedOnRequest: number | null;
  readonly routerHostId: number | null;
  readonly hostKeySha256: string | null;
  readonly controlIp: number | null;
}

type FoundGuest = RouterColumns & Parameters<typeof wantedGuest>[0];

const pauseMs = 1_000;
/** Beyond the time that a router may take from its start until its agent answers: until somebody notices that one is wanted. */
const noticeMs = 60_000;

/** With it the setting is known without a statement. */
type Place = { readonly vmId: number; readonly zoneId: number };

/**
 * Gives the router of the pod the machine's entry. While it boots, waits. Nothing where networks have no router, or the zone runs none.
 * @throws unavailable with the reason when none serves in time
 */
export async function enterRouter(place: Place, step: EntryStep): Promise<void> {
  if (!hasRouters(place, step)) return;
  const limitMs = step.settings.get(agentStartSeconds) * 1_000 + noticeMs;
  const deadline = step.clock.monotonicMs() + limitMs;
  for (;;) {
    const guests = await readGuests(step.read, place.vmId);
    const waiting = await putAll(guests, step);
    if (waiting === undefined) return;
    if (step.clock.monotonicMs() > deadline || waiting.isFinal) throw waiting.problem;
    await sleep(pauseMs);
  }
}

/** Takes the machine out of the router where that serves; otherwise it goes when the router is looked after. */
export async function leaveRouter(place: Place, step: EntryStep): Promise<void> {
  if (!hasRouters(place, step)) return;
  for (const guest of await readGuests(step.read, place.vmId)) {
    const agent = await routerOf(guest, step);
    if ('problem' in agent) continue;
    try {
      await agent.agent.call('router.remove-guests', { macs: [wantedGuest(guest).entry.mac] });
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      step.log.warn({ err: error }, 'the entry of a destroyed machine leaves its router later');
    }
  }
}

function hasRouters({ zoneId }: Place, { settings }: EntryStep): boolean {
  return settings.get(systemVmsWanted, { scope: 'zone', id: zoneId });
}

async function readGuests(read: EntityManager, vmId: number): Promise<FoundGuest[]> {
  return read.query<FoundGuest[]>(
    `SELECT d.id AS podId, ${guestColumns}, d.name AS podName, s.id AS routerId, s.uuid AS routerUuid, s.state AS routerState,
       s.is_stopped_on_request AS isStoppedOnRequest, s.host_id AS routerHostId, s.host_key_sha256 AS hostKeySha256, c.ip AS controlIp
     FROM ${servedCards} ${guestJoins} JOIN pod d ON d.id = r.pod_id
       LEFT JOIN system_vm s ON s.id = (SELECT MAX(x.id) FROM system_vm x WHERE x.kind = 'domainrouter' AND x.pod_id = d.id AND x.state <> 'Destroying')
       LEFT JOIN system_nic c ON c.system_vm_id = s.id AND c.purpose = 'control'
     WHERE n.vm_id = ? AND n.ip IS NOT NULL`,
    [vmId],
  );
}

interface Waiting {
  readonly problem: Problem;
  /** Waiting longer is of no use. */
  readonly isFinal: boolean;
}

/** @returns why not, when a router does not serve yet */
async function putAll(guests: readonly FoundGuest[], step: EntryStep): Promise<Waiting | undefined> {
  for (const guest of guests) {
    const router = await routerOf(guest, step);
    if ('problem' in router) return router;
    try {
      await putGuests(router.agent, [wantedGuest(guest) satisfies WantedGuest], step);
    } catch (error) {
      if (!(error instanceof DriverError) || !isPassing(error)) throw error;
      return { problem: notServing(guest, `its agent does not answer (${error.message})`, error), isFinal: false };
    }
  }
  return undefined;
}

/** `missing`: the user data was replaced between reading and sending. */
function isPassing({ kind }: DriverError): boolean {
  return kind === 'unreachable' || kind === 'busy' || kind === 'missing';
}

async function routerOf(guest: FoundGuest, step: EntryStep): Promise<{ readonly agent: Agent } | Waiting> {
  const { routerUuid, routerState, routerHostId, hostKeySha256, controlIp } = guest;
  if (routerUuid === null) return { problem: notServing(guest, await whyNone(guest.podId, step.read)), isFinal: false };
  if (routerState === 'Stopped' && guest.isStoppedOnRequest === 1)
    return { problem: notServing(guest, 'it was stopped on request: start it with startRouter'), isFinal: true };
  if (routerState !== 'Running' || routerHostId === null || hostKeySha256 === null || controlIp === null)
    return { problem: notServing(guest, `it is ${routerState}`), isFinal: false };
  const host = await step.drivers.for(routerHostId);
  return { agent: agentAt(host, agentAddress(host, { uuid: routerUuid, hostKeySha256 }, formatIpv4(controlIp))) };
}

async function whyNone(podId: number, read: EntityManager): Promise<string> {
  const [alert] = await read.query<{ content: string }[]>(
    "SELECT a.content FROM alert a JOIN pod p ON p.id = ? WHERE a.open_cause = CONCAT('system-vm/', p.zone_id, '/domainrouter/', p.id)",
    [podId],
  );
  return alert?.content ?? 'it is not made yet';
}

function notServing({ podName, routerId }: RouterColumns, why: string, cause?: unknown): Problem {
  const name = routerId === null ? '' : ` ${systemVmName('domainrouter', routerId)}`;
  return problem(
    'unavailable',
    `the virtual router${name} of pod ${podName}, which gives the machine its address, does not serve: ${why}`,
    { cause },
  );
}
