// Dotted version numbers.

/** Negative when `one` is older; what follows the numbers (`-MariaDB`, `+deb12u1`) does not count. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (/^v?([0-9]+(?:\.[0-9]+)*)/.exec(version.trim())?.[1] ?? '0').split('.').map(Number);
}
