// One difference between database, hosts and storage as answers show it.
import { adviceOn, type Difference } from '@strata/domain';
import { field, view } from '../../kernel/command/view.ts';

export const differenceView = view<Difference>('difference', {
  title: field.string('what kind of difference it is, in words', (difference) => adviceOn(difference).title),
  check: field.string('which agreement is broken, for example I3.machines', (difference) => difference.check),
  subject: field.string('what it is about', (difference) => difference.subject),
  expected: field.string('what should be', (difference) => difference.expected),
  found: field.string('what is', (difference) => difference.found),
  remedy: field.string('what to do about it', (difference) => adviceOn(difference).remedy),
});
