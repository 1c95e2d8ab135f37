// How much of a host or pool may be promised: physical size less what the host itself needs, times over-provisioning factor.

/** Exact to four decimals of the factor, rounded down, so that a promise is never larger than the factor allows. */
export function promisable(total: number, factor: number): number {
  return Number((BigInt(Math.floor(total)) * BigInt(Math.round(factor * 10_000))) / 10_000n);
}

/** Memory that machines may be promised; the host's own part is never over-provisioned. */
export function promisableMemory(memoryMib: number, ownMib: number, factor: number): number {
  return promisable(Math.max(0, memoryMib - ownMib), factor);
}
