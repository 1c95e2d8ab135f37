// How much of a host or pool may be promised: physical size times over-provisioning factor, minus what is reserved.
import { problem } from '../errors.ts';

/** Exact to four decimals of the factor, rounded down, so that a promise is never larger than the factor allows. */
export function promisable(total: number, factor: number): number {
  return Number((BigInt(Math.floor(total)) * BigInt(Math.round(factor * 10_000))) / 10_000n);
}

/** Negative after a factor was lowered below what is reserved already. */
export function freeOf(total: number, factor: number, reserved: number): number {
  return promisable(total, factor) - reserved;
}

/** A factor from 1 (nothing promised twice) to 100. Throws `invalid`. */
export function parseOvercommitFactor(text: string, setting: string): number {
  const factor = /^[0-9]{1,3}(\.[0-9]{1,4})?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(factor >= 1 && factor <= 100))
    throw problem('invalid', `${setting} "${text}" is not a factor: give a number from 1 to 100, such as 2.0`);
  return factor;
}
