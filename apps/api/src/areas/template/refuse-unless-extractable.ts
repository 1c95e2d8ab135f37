// Whose files may be taken away: extractable ones by who may use them, others by administrators alone.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../kernel/command/caller.ts';
import { templateRule } from './template-visibility.ts';
import type { Template } from './template.entity.ts';

export async function refuseUnlessExtractable(template: Template, caller: Caller, read: EntityManager): Promise<void> {
  if (caller.role === 'Admin' || (template.isExtractable && (await templateRule(caller, template, 'use', read)))) return;
  throw problem('denied', `${template.name} may not be downloaded: an administrator allows it with isextractable=true`);
}
