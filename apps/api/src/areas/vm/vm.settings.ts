// Settings of virtual machines.
import { setting } from '../../kernel/settings/settings.ts';

export const gracefulStopTimeoutMs = setting<number>({
  name: 'vm.graceful.stop.timeout.ms',
  about: 'How long a guest gets to shut down by itself before its power is cut, in milliseconds.',
  category: 'Virtual machine',
  initial: 120_000,
  refuse: (value) => (value >= 0 && value <= 3_600_000 ? undefined : 'milliseconds from 0 to 3600000 are expected'),
});

export const migrateTimeoutSeconds = setting<number>({
  name: 'migratewait',
  about: 'How long a live migration may take before it is given up and the machine goes on where it is, in seconds.',
  category: 'Virtual machine',
  initial: 3_600,
  refuse: (value) => (Number.isInteger(value) && value >= 10 && value <= 86_400 ? undefined : 'seconds from 10 to 86400 are expected'),
});

export const expungeDelaySeconds = setting<number>({
  name: 'expunge.delay',
  about: 'How long a destroyed virtual machine can be recovered before it is expunged, in seconds.',
  category: 'Virtual machine',
  initial: 86_400,
  refuse: (value) => (value >= 0 && value <= 31_536_000 ? undefined : 'seconds from 0 to 31536000 are expected'),
});

export const usersMayExpunge = setting<boolean>({
  name: 'allow.user.expunge.recover.vm',
  about: 'Whether users may expunge and recover their own virtual machines.',
  category: 'Virtual machine',
  initial: false,
});
