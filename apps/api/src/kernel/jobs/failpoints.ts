// Failpoints: named places in sagas where tests make the server die, fail or repeat itself.

/**
 * `before` the step, after its `effect`, after its `log` entry is stored; the same of its undo. There the server dies.
 * `error` fails the step after its effect, `refuse` before it; `repeat` does it twice; the same of its undo.
 */
const places = [
  'before',
  'effect',
  'log',
  'error',
  'refuse',
  'repeat',
  'undo-before',
  'undo-effect',
  'undo-log',
  'undo-error',
  'undo-repeat',
] as const;
export type FailPlace = (typeof places)[number];

/** The error that an `error` or `refuse` failpoint throws. */
export class FailpointError extends Error {}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal ends the process before this returns to JavaScript on Linux; nothing may run if it ever does not.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

export class Failpoints {
  private points = new Set<string>();

  /** @param onDeath what dying means; tests within one process throw instead */
  constructor(private readonly onDeath: () => never = die) {}

  /** Honoured only with STRATA_ALLOW_FAILPOINTS=1. @throws Error for a point that is not `saga:step:place` */
  static fromEnvironment(env: NodeJS.ProcessEnv): Failpoints {
    const failpoints = new Failpoints();
    if (env['STRATA_ALLOW_FAILPOINTS'] === '1' && env['STRATA_FAILPOINT']) failpoints.set(env['STRATA_FAILPOINT']);
    return failpoints;
  }

  /** @param spec comma-separated `saga:step:place`; empty for none */
  set(spec: string): void {
    const points = spec.split(',').filter((point) => point !== '');
    for (const point of points) {
      const [, , place, ...rest] = point.split(':');
      if (!(places as readonly (string | undefined)[]).includes(place) || rest.length > 0) {
        throw new Error(`failpoint "${point}" is not <saga>:<step>:<place> with a place of ${places.join(', ')}`);
      }
    }
    this.points = new Set(points);
  }

  has(saga: string, step: string, place: FailPlace): boolean {
    return this.points.size > 0 && this.points.has(`${saga}:${step}:${place}`);
  }

  /** Dies here if so told. */
  pass(saga: string, step: string, place: 'before' | 'effect' | 'log' | 'undo-before' | 'undo-effect' | 'undo-log'): void {
    if (this.has(saga, step, place)) this.onDeath();
  }

  /** Does a step or an undo with the failpoints around it. */
  async around<T>(saga: string, step: string, undo: boolean, work: () => Promise<T>): Promise<T> {
    if (this.points.size === 0) return work();
    const prefix = undo ? 'undo-' : '';
    this.pass(saga, step, `${prefix}before`);
    if (!undo && this.has(saga, step, 'refuse')) throw new FailpointError(`failpoint: ${step} was refused`);
    if (this.has(saga, step, `${prefix}repeat`)) await work();
    const result = await work();
    this.pass(saga, step, `${prefix}effect`);
    if (this.has(saga, step, `${prefix}error`)) throw new FailpointError(`failpoint: ${step} failed after its effect`);
    return result;
  }
}
