// One check as answers show it.
import type { CheckResult } from '@strata/domain';
import { field, view } from '../../kernel/command/view.ts';

export const checkResultView = view<CheckResult>('checkresult', {
  code: field.string('what was checked, for example host.clock', (result) => result.code),
  title: field.string('the same in words', (result) => result.title),
  level: field.string('green, amber (a warning) or red', (result) => result.level),
  measured: field.string('what was measured', (result) => result.measured),
  cause: field.string('what is wrong; empty when green', (result) => result.cause),
  remedy: field.string('what to do about it; empty when green', (result) => result.remedy),
});
