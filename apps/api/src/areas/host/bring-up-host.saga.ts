// Adds a host: looks the machine over, lets the management key in, mounts primary storage; or leaves nothing on it.
import { hostLifecycle, problem } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { HostConnection } from './host-drivers.ts';
import { assertFit, inspect, type Inspection, judge } from './host-inspection.ts';
import { dropLogin } from './host-login.ts';
import { HostLogin } from './host-login.entity.ts';
import { mountPools, poolsOf, unmountPools } from './host-mounts.ts';
import { enterUp, forgetHost, getHost, mayEmulate, moveResourceState, tellWarnings } from './host-rows.ts';
import { Host } from './host.entity.ts';

type AddInput = {
  readonly hostId: number;
  /** Row of `host_login`: it goes when the job ends, however it ends. */
  readonly loginId: number;
  readonly disabled: boolean;
};
type Inspected = { readonly inspection: Inspection };

export const bringUpHost = saga<AddInput>('addHost')
  .rows(
    'registered',
    // The request's own transaction inserted the rows: there is only this to undo.
    async () => {},
    async ({ tx, input }) => {
      await forgetHost(tx, input.hostId);
      await dropLogin(tx, input.loginId);
    },
  )
  .hosts('inspection', inspectNewcomer)
  .rows('recognised', pinHostKey)
  .hosts(
    'key',
    async (step) => letKeyIn(step),
    async (step) => takeKeyBack(step),
  )
  .hosts(
    'mounts',
    async (step) => {
      const { host, connection } = await connected(step);
      try {
        // Proves that the management key is taken before the password is forgotten.
        await connection.driver.pingHost(connection.address);
        await mountPools(connection, await poolsOf(step.read, host));
      } catch (error) {
        throw explainRefusal(error, connection.address) ?? error;
      }
    },
    async (step) => {
      const { host, connection } = await connected(step);
      await unmountPools(connection, await poolsOf(step.read, host));
      await step.drivers.forget(host.id);
    },
  )
  .rows('up', finish);

async function loginTo({ read, input, drivers }: HostsStep<AddInput, object>): Promise<{ host: Host; connection: HostConnection }> {
  const host = await getHost(read, input.hostId);
  const { uuid: key, hypervisor, address, port, hostKeySha256 } = host;
  return { host, connection: await drivers.byLogin({ key, hypervisor, address, port, hostKeySha256, loginId: input.loginId }) };
}

/** By the management key, as ever after. */
async function connected({ read, input, drivers }: HostsStep<AddInput, object>): Promise<{ host: Host; connection: HostConnection }> {
  return { host: await getHost(read, input.hostId), connection: await drivers.for(input.hostId) };
}

async function inspectNewcomer(step: HostsStep<AddInput, object>): Promise<Inspection> {
  const { host, connection } = await loginTo(step);
  const facts = await inspect(connection);
  const inspection = await judge(step.read, facts, host.address, {
    podId: host.podId,
    clusterId: host.clusterId,
    guestBridge: host.guestBridge,
    emulationAllowed: mayEmulate(step.settings, step.config, host),
    hostId: host.id,
    ownedMachineNames: new Set(),
  });
  assertFit(host.address, inspection.checks);
  return inspection;
}

/** From here on the row stands for this one machine, whatever other names it has. */
async function pinHostKey({ tx, input, out }: RowsStep<AddInput, Inspected>): Promise<void> {
  const { facts } = out.inspection;
  const [cluster] = await tx.query<{ name: string; arch: string | null }[]>(
    'SELECT c.name, c.arch FROM cluster c JOIN host h ON h.cluster_id = c.id WHERE h.id = ? FOR UPDATE',
    [input.hostId],
  );
  if (cluster!.arch !== null && cluster!.arch !== facts.arch) {
    throw problem(
      'invalid',
      `the machine's architecture is ${facts.arch} and that of cluster ${cluster!.name} ${cluster!.arch}: add it to a cluster of ${facts.arch} hosts`,
    );
  }
  const [twin] = await tx.query<{ name: string }[]>('SELECT name FROM host WHERE host_key_sha256 = ? AND id <> ? FOR UPDATE', [
    facts.hostKeySha256,
    input.hostId,
  ]);
  if (twin)
    throw problem(
      'invalid',
      `this machine is already there as host ${twin.name} (the same SSH host key): use that one, or delete it first`,
    );
  const host = await getHost(tx, input.hostId);
  if (host.state !== 'Creating') return;
  await transition(tx, Host, host, hostLifecycle, 'connectRequested', {
    hostKeySha256: facts.hostKeySha256,
    name: (facts.fqdn ?? facts.hostname).slice(0, 255),
  });
}

async function letKeyIn(step: HostsStep<AddInput, object>): Promise<void> {
  const { connection } = await loginTo(step);
  await connection.driver.installKey(connection.address, await step.drivers.managementPublicKey());
}

/** A key that was there before, since it was the login, stays. */
async function takeKeyBack(step: HostsStep<AddInput, object>): Promise<void> {
  const login = await step.read.findOneBy(HostLogin, { id: step.input.loginId });
  if (!login || login.sealedPassword === null) return;
  const { connection } = await loginTo(step);
  await connection.driver.releaseHost(connection.address, await step.drivers.managementPublicKey());
  await connection.driver.disconnect(connection.address.key);
}

async function finish({ tx, input, out, events, clock }: RowsStep<AddInput, Inspected>): Promise<void> {
  const host = await getHost(tx, input.hostId);
  if (host.ready) return;
  await tx.query('UPDATE cluster SET arch = ? WHERE id = ? AND arch IS NULL', [out.inspection.facts.arch, host.clusterId]);
  await enterUp(tx, host, out.inspection);
  await moveResourceState(tx, host, 'created', clock);
  if (input.disabled) await moveResourceState(tx, host, 'disableRequested', clock);
  await tx.update(Host, { id: host.id }, { ready: true });
  tellWarnings(events, 'HOST.CREATE', host, out.inspection.checks);
  await dropLogin(tx, input.loginId);
}
