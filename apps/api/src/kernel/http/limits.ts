// What every door takes of a request before it is refused: size of its head, time to arrive.

export const limits = {
  /** Request line and headers together: GET requests carry user data of 32 KiB in base64. */
  maxHeaderBytes: 65_536,
  headersTimeoutMs: 20_000,
  /** For the whole request to arrive; how long the answer takes does not count. */
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
} as const;
