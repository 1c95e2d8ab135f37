// updateIso
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { descriptionParams, describeTemplate } from './describe-template.ts';
import { assertKind } from './template-kind.ts';
import { Template } from './template.entity.ts';
import { isoView } from './template.view.ts';

export const updateIso = command({
  name: 'updateIso',
  about: 'Renames or describes an ISO, or changes its OS type.',
  roles: everyRole,
  event: 'ISO.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the ISO' }),
    ...descriptionParams,
  },
  returns: isoView,
  async execute({ id: template, ...args }, { tx }) {
    assertKind(template, 'ISO', 'updateTemplate');
    return describeTemplate(tx, template, args);
  },
});
