// attachIso
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { assertKind } from '../template/template-kind.ts';
import { Template, TemplateCopy } from '../template/template.entity.ts';
import { insertIso } from './change-iso.saga.ts';
import { vmSubject } from './vm-rows.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';

export const attachIso = command({
  name: 'attachIso',
  about: 'Puts an ISO into the CD drive of a virtual machine, also while it runs.',
  roles: everyRole,
  async: true,
  event: 'ISO.ATTACH',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'use', about: 'the ISO' }),
    virtualmachineid: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine' }),
    forced: param.boolean({ about: 'true: whatever ISO is in its drive is taken out first' }),
  },
  returns: virtualMachineView,
  async execute({ id: iso, virtualmachineid: vm, forced = false }, { tx, jobs }) {
    assertKind(iso, 'ISO', 'deployVirtualMachine: only ISOs are attached');
    if (!(await tx.existsBy(TemplateCopy, { templateId: iso.id, zoneId: vm.zoneId, storeKind: 'image', state: 'Ready' })))
      throw problem(
        'invalid',
        `ISO ${iso.name} is not ready in the zone of ${vm.displayName}: wait until listIsos shows isready=true for that zone`,
      );
    return jobs.start(insertIso, { vmId: vm.id, isoId: iso.id, forced }, { subject: vmSubject(vm) });
  },
});
