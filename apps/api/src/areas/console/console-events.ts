// The audit events of consoles that are opened and closed: written where no request is.
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { CollectedEvents } from '../../kernel/events/event-collector.ts';
import type { ConsoleMachine } from './console-tokens.ts';

export const consoleEventTypes = ['VM.CONSOLE.OPEN', 'VM.CONSOLE.CLOSE'] as const;

export interface ConsoleEvent {
  readonly type: (typeof consoleEventTypes)[number];
  readonly machine: ConsoleMachine;
  readonly userId: number;
  readonly description: string;
}

export async function recordConsoleEvent(manager: EntityManager, clock: Clock, event: ConsoleEvent): Promise<void> {
  const { type, machine, userId, description } = event;
  const [user] = await manager.query<{ accountId: number; domainId: number }[]>(
    'SELECT u.account_id AS accountId, a.domain_id AS domainId FROM user u JOIN account a ON a.id = u.account_id WHERE u.id = ?',
    [userId],
  );
  if (!user) return;
  const { kind, id, uuid, accountId } = machine;
  const events = new CollectedEvents({ ...user, userId, requestId: '' }, clock);
  events.add({ type, description, subject: { type: kind, id, uuid }, ...(accountId !== undefined && { accountId }) });
  await events.flush(manager);
}
