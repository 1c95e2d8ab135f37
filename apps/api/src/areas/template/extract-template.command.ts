// extractTemplate
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseUpload } from '../store-transfer/extract-mode.ts';
import { storeLinkView } from '../store-transfer/store-link.view.ts';
import { Zone } from '../zone/zone.entity.ts';
import { extractFile } from './extract-template.saga.ts';
import { refuseUnlessExtractable } from './refuse-unless-extractable.ts';
import { assertKind, templateSubject } from './template-kind.ts';
import { Template } from './template.entity.ts';

export const extractTemplate = command({
  name: 'extractTemplate',
  about: 'Makes a link under which the file of a template can be fetched for a while.',
  roles: everyRole,
  async: true,
  event: 'TEMPLATE.EXTRACT',
  since: '1.0',
  item: 'template',
  params: {
    id: param.ref(Template, { required: true, access: 'use', about: 'the template' }),
    mode: param.enum(['HTTP_DOWNLOAD', 'FTP_UPLOAD'], { required: true, about: 'HTTP_DOWNLOAD: a link; nothing is sent elsewhere' }),
    zoneid: param.ref(Zone, { access: 'use', about: 'the zone whose copy it is to be; any where not said' }),
  },
  returns: storeLinkView,
  async execute({ id: template, mode, zoneid: zone }, { caller, jobs, tx }) {
    assertKind(template, 'TEMPLATE', 'extractIso');
    refuseUpload(mode);
    await refuseUnlessExtractable(template, caller, tx);
    const input = { templateId: template.id, accountId: caller.accountId, zoneId: zone?.id ?? null };
    return jobs.start(extractFile, input, { subject: templateSubject(template) });
  },
});
