// Settings of system machines.
import { setting } from '../../kernel/settings/settings.ts';

export const systemVmsWanted = setting<boolean>({
  name: 'system.vms',
  about:
    'Whether secondary-storage VMs, console proxies and virtual routers run in the zone: without them it has no downloads, consoles and DHCP.',
  category: 'System machines',
  initial: true,
  scopes: ['zone'],
});

const seconds = (value: number) => (value >= 10 && value <= 3_600 ? undefined : 'seconds from 10 to 3600 are expected');

export const agentStartSeconds = setting<number>({
  name: 'system.vm.start.seconds',
  about: 'How long a system machine may take from its start until its agent answers, in seconds.',
  category: 'System machines',
  initial: 300,
  refuse: seconds,
});

export const agentSilenceSeconds = setting<number>({
  name: 'system.vm.silence.seconds',
  about: 'How long the agent of a running system machine may be silent before the machine is replaced, in seconds.',
  category: 'System machines',
  initial: 300,
  refuse: seconds,
});
