// Lets so many work at the same time; the others wait in order.
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Throws the signal's reason when it is aborted before there is room; then there is nothing to leave. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((go, fail) => {
      const give = (): void => {
        signal.removeEventListener('abort', end);
        go();
      };
      const end = (): void => {
        this.#waiting.delete(give);
        fail(signal.reason as Error);
      };
      this.#waiting.add(give);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
