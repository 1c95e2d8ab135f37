// How much of a host or pool may be promised: physical size times over-provisioning factor.

/** Exact to four decimals of the factor, rounded down, so that a promise is never larger than the factor allows. */
export function promisable(total: number, factor: number): number {
  return Number((BigInt(Math.floor(total)) * BigInt(Math.round(factor * 10_000))) / 10_000n);
}
