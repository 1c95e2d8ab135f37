// retryTemplateDownload
import { problem, templateCopyLifecycle } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { transition } from '../../kernel/db/transition.ts';
import { Zone } from '../zone/zone.entity.ts';
import { expectDownload } from './register-rules.ts';
import { Template, TemplateCopy } from './template.entity.ts';

export const retryTemplateDownload = command({
  name: 'retryTemplateDownload',
  about: 'Fetches a template or ISO once more whose download failed.',
  roles: everyRole,
  event: 'TEMPLATE.DOWNLOAD.RETRY',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template or ISO' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
  },
  returns: success,
  async execute({ id: template, zoneid: zone }, { tx, clock }) {
    if (template.url === '')
      throw problem('invalid', `${template.name} was not fetched from a web address: delete it, and upload or install it again`);
    const failed = await tx.findBy(TemplateCopy, {
      templateId: template.id,
      storeKind: 'image',
      state: 'Failed',
      ...(zone && { zoneId: zone.id }),
    });
    if (failed.length === 0) throw problem('conflict', `no download of ${template.name} has failed: its status says how far it is`);
    for (const copy of failed) {
      await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'retryRequested', { percent: 0, error: '' });
      await expectDownload(tx, clock, template, copy);
    }
  },
});
