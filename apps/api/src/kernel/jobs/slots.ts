// Bounded concurrency in fair order: accounts take turns, whatever number of jobs each has waiting.

export class FairSlots {
  private free: number;
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(size: number) {
    this.free = size;
  }

  /** Resolves when a slot is there; give it back with release(). */
  acquire(accountId: number): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const queue = this.waiting.get(accountId);
      if (queue) queue.push(resolve);
      else this.waiting.set(accountId, [resolve]);
    });
  }

  release(): void {
    const first = this.waiting.entries().next().value;
    if (!first) {
      this.free += 1;
      return;
    }
    const [accountId, queue] = first;
    const next = queue.shift()!;
    // The account goes to the end of the line.
    this.waiting.delete(accountId);
    if (queue.length > 0) this.waiting.set(accountId, queue);
    next();
  }
}
