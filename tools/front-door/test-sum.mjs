// Counts a suite's tests from the report of its runner.
import { readFileSync } from 'node:fs';

/**
 * What a vitest run came to, from its JSON report. A file that failed although none of its tests did (it did not load, its set-up or its
 * tear-down threw) counts as one failed, and so does a run without a report or one that failed although no file did.
 */
export function countVitest(reportFile, exitCode) {
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, note: 'no result' };
  }
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const skipped = report.numPendingTests + report.numTodoTests;
  const failedOutside = failed === 0 && (exitCode !== 0 || report.numPassedTests === 0);
  return {
    passed: report.numPassedTests,
    failed: failedOutside ? 1 : failed,
    skipped,
    ...(failedOutside && { note: 'failed outside of its tests' }),
  };
}
