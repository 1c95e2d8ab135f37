// Refuses to delete what machines depend on, and names them.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../kernel/command/caller.ts';
import { usersOfTemplate } from './template-clones.ts';
import type { Template } from './template.entity.ts';

const named = 5;

/** @throws inUse naming the machines, as far as they are the caller's to know */
export async function refuseWhileCloned(tx: EntityManager, template: Template, zoneId: number | null, caller: Caller): Promise<void> {
  const users = await usersOfTemplate(tx, template.id, zoneId);
  if (users.length === 0) return;
  const known = users.filter(({ accountId }) => caller.role === 'Admin' || accountId === caller.accountId).slice(0, named);
  const others = users.length - known.length;
  const list = [
    ...known.map(({ name }) => name),
    ...(others > 0 ? [`${others} ${known.length > 0 ? 'more' : 'of other accounts'}`] : []),
  ].join(', ');
  throw problem(
    'inUse',
    template.kind === 'ISO'
      ? `virtual machines use ISO ${template.name} (${list}): detach it, and destroy and expunge those that were made from it, first`
      : `disks of virtual machines depend on template ${template.name} (${list}): destroy and expunge them first`,
  );
}
