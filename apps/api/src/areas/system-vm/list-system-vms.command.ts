// listSystemVms
import { computedList } from '../../kernel/command/computed-list.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

interface SystemVmRow {
  readonly uuid: string;
  readonly name: string;
  readonly systemVmType: string;
  readonly state: string;
}

const systemVmView = view<SystemVmRow>('systemvm', {
  id: field.string('the id of the system machine', (vm) => vm.uuid),
  name: field.string('its name', (vm) => vm.name),
  systemvmtype: field.string('consoleproxy or secondarystoragevm', (vm) => vm.systemVmType),
  state: field.string('its state', (vm) => vm.state),
});

/** Installation wizards ask for them after a zone is enabled; this version runs none, so there are none to list. */
export const listSystemVms = computedList({
  name: 'listSystemVms',
  about: 'Lists system virtual machines: this version runs none.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    zoneid: param.uuid({ about: 'only in this zone' }),
    systemvmtype: param.enum(['consoleproxy', 'secondarystoragevm'], { about: 'only of this kind' }),
  },
  returns: systemVmView,
  rows: () => Promise.resolve([]),
});
