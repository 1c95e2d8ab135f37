// updateTemplate
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { descriptionParams, describeTemplate } from './describe-template.ts';
import { assertKind } from './template-kind.ts';
import { Template } from './template.entity.ts';
import { templateView } from './template.view.ts';

export const updateTemplate = command({
  name: 'updateTemplate',
  about: 'Renames or describes a template, or changes its OS type.',
  roles: everyRole,
  event: 'TEMPLATE.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template' }),
    ...descriptionParams,
  },
  returns: templateView,
  async execute({ id: template, ...args }, { tx }) {
    assertKind(template, 'TEMPLATE', 'updateIso');
    return describeTemplate(tx, template, args);
  },
});
