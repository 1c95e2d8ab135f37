// One result of a pre-flight check, shown alike by the command line, the API and the console.

export interface CheckResult {
  /** Stable code such as `host.clock`, also the feature row's anchor in docs. */
  readonly code: string;
  readonly title: string;
  readonly level: 'green' | 'amber' | 'red';
  /** What was measured, with its unit. */
  readonly measured: string;
  /** Empty when green. */
  readonly cause: string;
  /** What to do, with the command to type where there is one; empty when green. */
  readonly remedy: string;
}

/** A check by code and title, to be given its outcome. Red blocks, amber warns. */
export function check(code: string, title: string) {
  const result = (level: CheckResult['level'], measured: string, cause: string, remedy: string): CheckResult => ({
    code,
    title,
    level,
    measured,
    cause,
    remedy,
  });
  return {
    green: (measured: string) => result('green', measured, '', ''),
    amber: (measured: string, cause: string, remedy: string) => result('amber', measured, cause, remedy),
    red: (measured: string, cause: string, remedy: string) => result('red', measured, cause, remedy),
  };
}

export function redChecks(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.filter((result) => result.level === 'red');
}

export function amberChecks(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.filter((result) => result.level === 'amber');
}

/** Several results as one text: each with what was measured, cause and remedy. */
export function describeChecks(results: readonly CheckResult[]): string {
  return results.map((result) => `${result.title}: ${result.cause} (measured: ${result.measured}). ${result.remedy}`).join('\n');
}
