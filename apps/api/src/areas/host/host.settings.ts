// Settings of hosts.
import { setting } from '../../kernel/settings/settings.ts';

export const emulationAllowed = setting<boolean>({
  name: 'hypervisor.emulation.allowed',
  about: 'Take hosts without hardware virtualisation, on which machines run by software emulation: for tests only.',
  category: 'Hosts',
  initial: false,
  scopes: ['zone', 'cluster'],
});

export const missedPingsToDisconnect = setting<number>({
  name: 'host.missed.pings',
  about: 'How many pings in a row, a second apart, a host must miss to count as Disconnected.',
  category: 'Hosts',
  initial: 3,
  refuse: (value) => (Number.isInteger(value) && value >= 1 && value <= 20 ? undefined : 'a whole number from 1 to 20 is expected'),
});

export const parallelMovesOfHost = setting<number>({
  name: 'host.maintenance.parallel',
  about: 'How many machines leave a host at the same time when it is prepared for maintenance.',
  category: 'Hosts',
  initial: 3,
  refuse: (value) => (Number.isInteger(value) && value >= 1 && value <= 50 ? undefined : 'a whole number from 1 to 50 is expected'),
});

export const downAfterSeconds = setting<number>({
  name: 'host.down.after.seconds',
  about: 'How long a host stays Disconnected before it is declared Down, in seconds.',
  category: 'Hosts',
  initial: 60,
  refuse: (value) => (Number.isInteger(value) && value >= 0 && value <= 86_400 ? undefined : 'seconds from 0 to 86400 are expected'),
});
