// updateTemplate
import { parseDisplayName } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import { Template } from './template.entity.ts';
import { templateSource, templateView } from './template.view.ts';

export const updateTemplate = command({
  name: 'updateTemplate',
  about: 'Renames or describes a template, or changes its OS type.',
  roles: everyRole,
  event: 'TEMPLATE.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template' }),
    name: param.string({ about: 'its new name' }),
    displaytext: param.string({ maxLength: 4096, about: 'what it is' }),
    ostypeid: param.ref(GuestOsType, { access: 'use', about: 'its OS type' }),
    passwordenabled: param.boolean({ about: 'whether passwords can be reset in machines made from it' }),
  },
  returns: templateView,
  async execute({ id: template, name, displaytext, ostypeid, passwordenabled }, { tx }) {
    const changes = changesOf<Template>({
      name: name === undefined ? undefined : parseDisplayName(name, 'name'),
      displayText: displaytext === undefined ? undefined : parseDisplayName(displaytext, 'displaytext', 4096),
      osTypeId: ostypeid?.id,
      passwordEnabled: passwordenabled,
    });
    if (changes) await tx.update(Template, { id: template.id }, changes);
    return rowById(templateSource, tx, template.id);
  },
});
