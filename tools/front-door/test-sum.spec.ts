// The sum of a suite must not hide a file that did not load, a missing report or an error outside of tests.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { countVitest } from './test-sum.mjs';

const folder = mkdtempSync(join(tmpdir(), 'strata-sum-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content: object): string {
  const file = join(folder, 'report.json');
  writeFileSync(
    file,
    JSON.stringify({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...content }),
  );
  return file;
}

test('passed, failed and skipped tests are counted', () => {
  const file = report({ numPassedTests: 5, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 });
  expect(countVitest(file, 1)).toEqual({ passed: 5, failed: 2, skipped: 2 });
});

test('a file that did not load, or whose set-up or tear-down threw, is one failed test', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'skipped' }, { status: 'skipped' }] },
    { status: 'failed', assertionResults: [{ status: 'passed' }] },
    { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ];
  expect(countVitest(report({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, testResults }), 1)).toEqual({
    passed: 3,
    failed: 4,
    skipped: 2,
  });
});

test('a run that fails although its tests passed is one failed test', () => {
  expect(countVitest(report({ numPassedTests: 5 }), 1)).toMatchObject({ passed: 5, failed: 1 });
});

test('a run without tests or without a report is one failed test', () => {
  expect(countVitest(report({}), 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(countVitest(join(folder, 'none.json'), 0)).toMatchObject({ passed: 0, failed: 1, note: 'no result' });
});
