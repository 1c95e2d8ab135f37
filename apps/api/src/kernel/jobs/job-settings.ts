// Settings of jobs and events.
import { setting } from '../settings/settings.ts';

const positive = (value: number) => (value > 0 && Number.isInteger(value) ? undefined : 'a whole number above 0 is expected');
const notNegative = (value: number) => (value >= 0 && Number.isInteger(value) ? undefined : 'a whole number, 0 or above, is expected');

export const stepRetrySeconds = setting<number>({
  name: 'job.step.retry.seconds',
  about: 'How long a step of a job is tried again while a host does not answer or is busy, in seconds; then the job is undone.',
  category: 'Advanced',
  initial: 60,
  refuse: notNegative,
});

export const jobExpireMinutes = setting<number>({
  name: 'job.expire.minutes',
  about: 'How long a finished job can still be asked for, in minutes.',
  category: 'Advanced',
  initial: 1_440,
  refuse: positive,
});

export const eventPurgeDays = setting<number>({
  name: 'event.purge.delay',
  about: 'Audit events older than this many days are deleted; 0 keeps them for ever.',
  category: 'Advanced',
  initial: 365,
  refuse: notNegative,
});
