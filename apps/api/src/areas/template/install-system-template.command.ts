// installSystemTemplate
import { findSystemTemplate, problem, systemTemplatePath } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { findHypervisor, findWritableStore } from './install-rules.ts';
import { installSystemTemplateFile } from './install-system-template.saga.ts';
import { expectSystemTemplate } from './system-template-rows.ts';
import { inspectTemplateFile } from './template-file.ts';
import { templateCaps } from './template.settings.ts';
import { templateView } from './template.view.ts';

export const installSystemTemplate = command({
  name: 'installSystemTemplate',
  about: 'Puts a system VM template on a secondary storage and makes it the current one; only through ./strata systemvm install.',
  roles: adminRoles,
  async: true,
  creates: true,
  event: 'TEMPLATE.CREATE',
  since: '1.0',
  params: {
    path: param.string({ required: true, maxLength: 4096, about: 'the whole path of the qcow2 file on the management server' }),
    version: param.string({ required: true, maxLength: 64, about: 'its version, such as 0.1.0-4731d5d024' }),
    checksum: param.string({ required: true, about: 'its SHA-256 sum, hex' }),
    secondary: param.string({ required: true, maxLength: 2048, about: 'the URL of the secondary storage that gets it: nfs://server/path' }),
    hypervisor: param.enum(['KVM', 'Simulator'], { about: 'the hypervisor it is for; where not said, that of the hosts of the zone' }),
  },
  returns: templateView,
  async execute(args, { tx, caller, settings, jobs, clock }) {
    if (caller.via !== 'local')
      throw problem('denied', 'installSystemTemplate reads a file of the management server: call it there, with ./strata systemvm install');
    const template = { version: args.version, sha256: args.checksum.toLowerCase() };
    if (!findSystemTemplate(systemTemplatePath(template)))
      throw problem(
        'invalid',
        'parameters version and checksum: give letters, digits, dots and dashes, and a SHA-256 sum of 64 hexadecimal digits',
      );
    const store = await findWritableStore(tx, args.secondary);
    const hypervisor = await findHypervisor(tx, store.zoneId, args.hypervisor);
    await inspectTemplateFile(args.path, templateCaps(settings));
    const { id, uuid } = await expectSystemTemplate(tx, template, hypervisor, { storeId: store.id, zoneId: store.zoneId }, clock.now());
    return jobs.start(
      installSystemTemplateFile,
      { templateId: id, storeId: store.id, hypervisor, path: args.path, ...template },
      { subject: { type: 'Template', id, uuid } },
    );
  },
});
