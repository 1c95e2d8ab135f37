// Templates.
import { In } from 'typeorm';
import { area, presenter } from '../../kernel/area.ts';
import { resource } from '../../kernel/command/resource.ts';
import { deleteTemplate } from './delete-template.command.ts';
import { dropTemplate } from './delete-template.saga.ts';
import { installTemplate } from './install-template.command.ts';
import { installTemplateFile } from './install-template.saga.ts';
import { listTemplatePermissions } from './list-template-permissions.command.ts';
import { listTemplates } from './list-templates.command.ts';
import { templateRule } from './template-visibility.ts';
import { Template, TemplateCopy, TemplatePermission } from './template.entity.ts';
import { maxTemplateDiskGib, maxTemplateGib } from './template.settings.ts';
import { templateSource, templateView } from './template.view.ts';
import { updateTemplatePermissions } from './update-template-permissions.command.ts';
import { updateTemplate } from './update-template.command.ts';

export const templateArea = area({
  name: 'template',
  commands: [installTemplate, listTemplates, updateTemplate, deleteTemplate, updateTemplatePermissions, listTemplatePermissions],
  resources: [resource(Template, { noun: 'template', type: 'Template', may: templateRule })],
  entities: [Template, TemplateCopy, TemplatePermission],
  sagas: [installTemplateFile, dropTemplate],
  presenters: [presenter('Template', templateView, templateSource)],
  settings: [maxTemplateGib, maxTemplateDiskGib],
  accountContents: [{ noun: 'template', count: (read, accountIds) => read.countBy(Template, { accountId: In([...accountIds]) }) }],
});
