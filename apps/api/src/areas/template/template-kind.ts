// Templates and ISOs share their table: each command takes one kind and sends the other to its own commands.
import { problem } from '@strata/domain';
import type { Template, TemplateKind } from './template.entity.ts';

export function assertKind({ kind, name }: Pick<Template, 'kind' | 'name'>, wanted: TemplateKind, instead: string): void {
  if (kind === wanted) return;
  throw problem('invalid', `parameter id: ${name} is ${kind === 'ISO' ? 'an ISO' : 'a template'}: use ${instead}`);
}

/** Jobs and events name the two apart. */
export function templateSubject({ id, uuid, accountId, kind }: Pick<Template, 'id' | 'uuid' | 'accountId' | 'kind'>) {
  return { type: kind === 'ISO' ? 'Iso' : 'Template', id, uuid, accountId };
}
