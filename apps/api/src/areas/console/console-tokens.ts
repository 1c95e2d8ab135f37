// Makes the tokens of consoles and takes them back, each once.
import { randomBytes } from 'node:crypto';
import { instanceNameOf, systemVmName } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { type ConsoleMachineKind, ConsoleSession } from './console-session.entity.ts';
import { consoleMayLive, oldestLogin, tokenHash } from './live-consoles.ts';

/** 256 bits: nobody guesses one (T21). */
const tokenBytes = 32;

export interface NewConsole {
  readonly machine: { readonly kind: ConsoleMachineKind; readonly id: number; readonly stateChangedAt: Date };
  readonly userId: number;
  /** Undefined for signed requests. */
  readonly sessionHash: string | undefined;
  readonly proxyId: number;
  /** What must come with the token. */
  readonly extra: string | undefined;
  readonly goodForSeconds: number;
}

/** @returns the token, which only the caller ever sees */
export async function issueToken(tx: EntityManager, clock: Clock, console: NewConsole): Promise<string> {
  const token = randomBytes(tokenBytes).toString('base64url');
  const now = clock.now();
  await tx.insert(ConsoleSession, {
    tokenHash: tokenHash(token, console.extra),
    machineKind: console.machine.kind,
    machineId: console.machine.id,
    machineSince: console.machine.stateChangedAt,
    userId: console.userId,
    sessionHash: console.sessionHash ?? null,
    proxyId: console.proxyId,
    created: now,
    expiresAt: new Date(now.getTime() + console.goodForSeconds * 1_000),
    openedAt: null,
    serverId: null,
  });
  return token;
}

export interface Redeemed {
  readonly id: number;
  readonly sessionHash: string | null;
  readonly userId: number;
  readonly machine: ConsoleMachine;
}

/** A machine with a display, as its host knows it. */
export interface ConsoleMachine {
  readonly kind: ConsoleMachineKind;
  readonly id: number;
  readonly uuid: string;
  /** As people call it. */
  readonly name: string;
  readonly instanceName: string;
  readonly hostId: number;
  /** Owner, for events; undefined for system machines. */
  readonly accountId: number | undefined;
}

export interface TokenUse {
  readonly token: string;
  readonly extra: string | undefined;
  /** The console proxy that presents it. */
  readonly proxyId: number;
  readonly serverId: number;
}

/** Uses a token up with one guarded statement. @returns in words why it is not good, when it is not */
export async function redeemToken(
  manager: EntityManager,
  use: TokenUse,
  kit: { readonly clock: Clock; readonly settings: Settings },
): Promise<Redeemed | { readonly refused: string }> {
  const hash = tokenHash(use.token, use.extra);
  const now = kit.clock.now();
  const result = await manager.query<{ affectedRows: number }>(
    `UPDATE console_session c SET c.opened_at = ?, c.server_id = ?
     WHERE c.token_hash = ? AND c.proxy_id = ? AND c.opened_at IS NULL AND c.expires_at > ? AND ${consoleMayLive}`,
    [now, use.serverId, hash, use.proxyId, now, oldestLogin(kit)],
  );
  const row = await manager.findOneBy(ConsoleSession, { tokenHash: hash });
  if (result.affectedRows !== 1 || !row) return { refused: refusal(row, use, now) };
  const machine = await machineOf(manager, row);
  if (!machine) return { refused: 'The machine has stopped or moved since this link was made. Open its console again.' };
  return { id: row.id, sessionHash: row.sessionHash, userId: row.userId, machine };
}

function refusal(row: ConsoleSession | null, use: TokenUse, now: Date): string {
  if (!row) return 'This link is not good any more: each opens a console once, and soon after it was made. Open the console again.';
  if (row.openedAt !== null) return 'This link was used already: each opens a console once. Open the console again.';
  if (row.expiresAt <= now)
    return `This link is too old: it had to be opened within ${secondsBetween(row.created, row.expiresAt)} seconds. Open the console again.`;
  if (row.proxyId !== use.proxyId) return 'This link is for another console proxy. Open the console again.';
  return 'The machine has stopped or moved since this link was made, or your login has ended. Open the console again.';
}

function secondsBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / 1_000);
}

async function machineOf(read: EntityManager, { machineKind, machineId }: ConsoleSession): Promise<ConsoleMachine | undefined> {
  if (machineKind === 'VirtualMachine') {
    const vm = await read.findOneBy(VirtualMachine, { id: machineId });
    if (!vm || vm.hostId === null) return undefined;
    const { id, uuid, hostId, accountId } = vm;
    return { kind: machineKind, id, uuid, name: vm.displayName, instanceName: instanceNameOf(accountId, id), hostId, accountId };
  }
  const vm = await read.findOneBy(SystemVm, { id: machineId });
  if (!vm || vm.hostId === null) return undefined;
  const name = systemVmName(vm.kind, vm.id);
  return { kind: machineKind, id: vm.id, uuid: vm.uuid, name, instanceName: name, hostId: vm.hostId, accountId: undefined };
}
