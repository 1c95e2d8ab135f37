// What reset says of the machines that stay on hosts.
import { expect, it } from 'vitest';
import { linesOfMachinesLeft } from './machines-left.mjs';

const guest = { name: 'web', instanceName: 'i-2-3-VM', host: 'kvm1', state: 'Running' };
const proxy = { name: 'consoleproxy', instanceName: 'v-2-VM', host: 'kvm2', state: 'Running', uuid: 'b6b5ce12' };

it('lists guests and system machines, and how to end the latter', () => {
  const text = linesOfMachinesLeft({ guests: [guest], systemMachines: [proxy] }).join('\n');
  expect(text).toContain('i-2-3-VM  web  Running  on kvm1');
  expect(text).toContain('v-2-VM  consoleproxy  Running  on kvm2  disk volumes/b6b5ce12.qcow2');
  expect(text).toContain('virsh destroy v-2-VM');
});

it('lists system machines where there are no guests', () => {
  const text = linesOfMachinesLeft({ guests: [], systemMachines: [{ ...proxy, host: null, state: 'Stopped' }] }).join('\n');
  expect(text).toContain('v-2-VM  consoleproxy  Stopped  disk');
  expect(text).not.toContain('no machines');
});

it('says that there are none', () => {
  expect(linesOfMachinesLeft({ guests: [], systemMachines: [] })).toEqual(['It has no machines.']);
});
