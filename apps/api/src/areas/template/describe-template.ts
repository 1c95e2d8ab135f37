// What can be changed about a template or ISO after it was made.
import { parseDisplayName } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { type ArgsOf, param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import { Template } from './template.entity.ts';
import { type TemplateRow, templateSource } from './template.view.ts';

export const descriptionParams = {
  name: param.string({ about: 'its new name' }),
  displaytext: param.string({ maxLength: 4096, about: 'what it is' }),
  ostypeid: param.ref(GuestOsType, { access: 'use', about: 'its OS type' }),
  bootable: param.boolean({ about: 'whether machines boot from it' }),
  passwordenabled: param.boolean({ about: 'whether passwords can be reset in machines made from it' }),
};

export async function describeTemplate(
  tx: EntityManager,
  template: Template,
  { name, displaytext, ostypeid, bootable, passwordenabled }: ArgsOf<typeof descriptionParams>,
): Promise<TemplateRow> {
  const changes = changesOf<Template>({
    name: name === undefined ? undefined : parseDisplayName(name, 'name'),
    displayText: displaytext === undefined ? undefined : parseDisplayName(displaytext, 'displaytext', 4096),
    osTypeId: ostypeid?.id,
    bootable,
    passwordEnabled: passwordenabled,
  });
  if (changes) await tx.update(Template, { id: template.id }, changes);
  return rowById(templateSource, tx, template.id);
}
