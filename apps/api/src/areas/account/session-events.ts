// The audit events of login and logout: nobody has called anything yet, or nobody does any more, so they name their actor themselves.
import type { CommandContext } from '../../kernel/command/command.ts';
import { CollectedEvents } from '../../kernel/events/event-collector.ts';

export const sessionEventTypes = ['USER.LOGIN', 'USER.LOGOUT'] as const;

interface SessionUser {
  readonly userId: number;
  readonly userUuid: string;
  readonly username: string;
  readonly accountId: number;
  readonly domainId: number;
}

export async function recordSessionEvent(ctx: CommandContext, type: (typeof sessionEventTypes)[number], user: SessionUser): Promise<void> {
  const { accountId, domainId, userId, userUuid, username } = user;
  const events = new CollectedEvents({ accountId, domainId, userId, requestId: ctx.origin.requestId }, ctx.clock);
  events.add({
    type,
    description: `user ${username} logged ${type === 'USER.LOGIN' ? 'in' : 'out'} from ${ctx.origin.remoteAddress}`,
    subject: { type: 'User', id: userId, uuid: userUuid },
  });
  await events.flush(ctx.tx);
}
