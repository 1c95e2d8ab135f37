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
