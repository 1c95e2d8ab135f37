// Templates.
import { In } from 'typeorm';
import { area, presenter } from '../../kernel/area.ts';
import { resource } from '../../kernel/command/resource.ts';
import { copyIso } from './copy-iso.command.ts';
import { copyTemplate } from './copy-template.command.ts';
import { deleteIso } from './delete-iso.command.ts';
import { listIsoPermissions } from './list-iso-permissions.command.ts';
import { listIsos } from './list-isos.command.ts';
import { registerIso } from './register-iso.command.ts';
import { registerTemplate } from './register-template.command.ts';
import { retryTemplateDownload } from './retry-template-download.command.ts';
import { updateIsoPermissions } from './update-iso-permissions.command.ts';
import { updateIso } from './update-iso.command.ts';
import { copyToZones } from './copy-template.saga.ts';
import { deleteTemplate } from './delete-template.command.ts';
import { dropTemplate } from './delete-template.saga.ts';
import { installSystemTemplate } from './install-system-template.command.ts';
import { installSystemTemplateFile } from './install-system-template.saga.ts';
import { extractIso } from './extract-iso.command.ts';
import { extractTemplate } from './extract-template.command.ts';
import { getUploadParamsForIso } from './get-upload-params-for-iso.command.ts';
import { getUploadParamsForTemplate } from './get-upload-params-for-template.command.ts';
import { dropIdleCopy } from './drop-idle-copy.saga.ts';
import { extractFile } from './extract-template.saga.ts';
import { installTemplate } from './install-template.command.ts';
import { installTemplateFile } from './install-template.saga.ts';
import { listTemplatePermissions } from './list-template-permissions.command.ts';
import { listTemplates } from './list-templates.command.ts';
import { templateCleanupReconciler } from './template-cleanup.reconciler.ts';
import { templateRule } from './template-visibility.ts';
import { Template, TemplateCopy, TemplatePermission } from './template.entity.ts';
import { idleTemplateHours, maxTemplateDiskGib, maxTemplateGib, templateCleanup } from './template.settings.ts';
import { isoView, templateSource, templateView } from './template.view.ts';
import { updateTemplatePermissions } from './update-template-permissions.command.ts';
import { updateTemplate } from './update-template.command.ts';

export const templateArea = area({
  name: 'template',
  commands: [
    getUploadParamsForTemplate,
    getUploadParamsForIso,
    extractTemplate,
    extractIso,
    copyIso,
    copyTemplate,
    deleteIso,
    listIsoPermissions,
    listIsos,
    registerIso,
    registerTemplate,
    retryTemplateDownload,
    updateIsoPermissions,
    updateIso,
    installTemplate,
    installSystemTemplate,
    listTemplates,
    updateTemplate,
    deleteTemplate,
    updateTemplatePermissions,
    listTemplatePermissions,
  ],
  resources: [resource(Template, { noun: 'template', type: 'Template', may: templateRule })],
  entities: [Template, TemplateCopy, TemplatePermission],
  sagas: [installTemplateFile, dropIdleCopy, extractFile, installSystemTemplateFile, copyToZones, dropTemplate],
  presenters: [presenter('Template', templateView, templateSource), presenter('Iso', isoView, templateSource)],
  settings: [maxTemplateGib, maxTemplateDiskGib, templateCleanup, idleTemplateHours],
  reconcilers: [templateCleanupReconciler],
  accountContents: [{ noun: 'template', count: (read, accountIds) => read.countBy(Template, { accountId: In([...accountIds]) }) }],
});
