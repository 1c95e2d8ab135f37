// How long a secondary-storage VM waits and tries.
export interface FetchLimits {
  /** Attempts in a row that bring nothing new. */
  readonly barrenAttempts: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Without a byte for so long a connection counts as dead. */
  readonly silenceMs: number;
  /** Of one file, pauses included: ends those that trickle for ever. */
  readonly wholeMs: number;
}

export const usualLimits: FetchLimits = {
  barrenAttempts: 6,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  silenceMs: 60_000,
  wholeMs: 24 * 3_600_000,
};
