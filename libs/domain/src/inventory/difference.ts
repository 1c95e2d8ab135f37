// One place where database, hosts and storage disagree.

// A type alias, because lists of it are kept as JSON.
export type Difference = {
  /** Which invariant, for example `I3.machines`. */
  readonly check: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
};

/** Differences of both looks: what only one of them saw was on its way. */
export function lasting(first: readonly Difference[], second: readonly Difference[]): Difference[] {
  const seen = new Set(first.map(keyOf));
  return second.filter((difference) => seen.has(keyOf(difference)));
}

function keyOf({ check, subject, expected, found }: Difference): string {
  return JSON.stringify([check, subject, expected, found]);
}
