// Types of test-sum.mjs for its test.
export function countVitest(reportFile: string, exitCode: number): { passed: number; failed: number; skipped?: number; note?: string };
