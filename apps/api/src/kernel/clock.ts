// The one source of time, so that rules and tests can be given another.

export interface Clock {
  now(): Date;
  /** Milliseconds that never step back; comparable only within this process. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
