// installTemplate
import { randomUUID } from 'node:crypto';
import { parseChecksum, parseDisplayName, problem, templateCopyInitialState } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { installTemplateFile } from './install-template.saga.ts';
import { findHypervisor, findOsType, findWritableStore } from './install-rules.ts';
import { inspectTemplateFile } from './template-file.ts';
import { templatePath } from './template-paths.ts';
import { Template, TemplateCopy } from './template.entity.ts';
import { templateCaps } from './template.settings.ts';
import { templateView } from './template.view.ts';

export const installTemplate = command({
  name: 'installTemplate',
  about: 'Makes a file on the management server a built-in template; only there, through ./strata template install.',
  roles: adminRoles,
  async: true,
  creates: true,
  event: 'TEMPLATE.CREATE',
  since: '1.0',
  params: {
    path: param.string({ required: true, maxLength: 4096, about: 'the whole path of the qcow2 file on the management server' }),
    name: param.string({ required: true, about: 'the name of the template' }),
    displaytext: param.string({ maxLength: 4096, about: 'what it is; without one its name' }),
    ostype: param.string({ required: true, about: 'the name or id of its OS type, see listOsTypes' }),
    format: param.enum(['QCOW2', 'RAW', 'ISO'], { about: 'the format of the file: only QCOW2 (default) is taken' }),
    secondary: param.string({ required: true, maxLength: 2048, about: 'the URL of the secondary storage that gets it: nfs://server/path' }),
    checksum: param.string({ about: 'the MD5, SHA-1, SHA-256 or SHA-512 sum that the file must have' }),
    hypervisor: param.enum(['KVM', 'Simulator'], {
      about: 'the hypervisor it is for; where not said, that of the hosts of the zone, or KVM when they differ',
    }),
    ispublic: param.boolean({ about: 'whether everyone may use it; true where not said' }),
    isfeatured: param.boolean({ about: 'whether it is recommended to everyone; true where not said' }),
  },
  returns: templateView,
  async execute({ ispublic = true, isfeatured = true, ...args }, { tx, caller, settings, jobs, clock }) {
    if (caller.via !== 'local')
      throw problem('denied', 'installTemplate reads a file of the management server: call it there, with ./strata template install');
    refuseFormat(args.format);
    const name = parseDisplayName(args.name, 'name');
    const checksum = args.checksum === undefined ? null : parseChecksum(args.checksum);
    const osTypeId = await findOsType(tx, args.ostype);
    const store = await findWritableStore(tx, args.secondary);
    const hypervisor = await findHypervisor(tx, store.zoneId, args.hypervisor);
    const file = await inspectTemplateFile(args.path, templateCaps(settings));
    const template = tx.create(Template, {
      uuid: randomUUID(),
      name,
      displayText: parseDisplayName(args.displaytext ?? name, 'displaytext', 4096),
      accountId: caller.accountId,
      domainId: caller.domainId,
      osTypeId,
      hypervisor,
      kind: 'TEMPLATE',
      format: 'QCOW2',
      type: 'BUILTIN',
      bootable: true,
      url: '',
      checksum: '',
      isPublic: ispublic,
      isFeatured: isfeatured,
      isExtractable: false,
      passwordEnabled: false,
      virtualSizeBytes: file.virtualSizeBytes,
      physicalSizeBytes: file.fileBytes,
      sha256: '',
      created: clock.now(),
    });
    await tx.insert(Template, template);
    await tx.insert(TemplateCopy, {
      uuid: randomUUID(),
      templateId: template.id,
      storeKind: 'image',
      storeId: store.id,
      zoneId: store.zoneId,
      state: templateCopyInitialState,
      version: 0,
      path: templatePath(template.uuid),
    });
    return jobs.start(
      installTemplateFile,
      { templateId: template.id, templateUuid: template.uuid, storeId: store.id, hypervisor, path: args.path, checksum },
      { subject: { type: 'Template', id: template.id, uuid: template.uuid }, fresh: true },
    );
  },
});

function refuseFormat(format: 'QCOW2' | 'RAW' | 'ISO' | undefined): void {
  if (format === 'RAW')
    throw problem(
      'invalid',
      'parameter format: a raw disk is not taken as it is: convert it with qemu-img convert -f raw -O qcow2 SOURCE TARGET',
    );
  if (format === 'ISO') throw problem('invalid', 'parameter format: an ISO image is no template: give a qcow2 image of an installed disk');
}
