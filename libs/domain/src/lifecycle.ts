// Lifecycles: one table per noun, state → event → next state, from which every check of a state derives.
import { problem } from './errors.ts';

type EventsOf<Table> = { [S in keyof Table]: keyof Table[S] }[keyof Table] & string;

export interface Lifecycle<State extends string, Event extends string> {
  readonly states: readonly State[];
  /** The state after `event`, or undefined where the table has no such transition. */
  next(state: State, event: Event): State | undefined;
  can(state: State, event: Event): boolean;
  /** Throws a `conflict` problem whose text names the state and what would be allowed. */
  assertCan(state: State, event: Event): void;
  /** The states from which `event` is possible. */
  from(event: Event): readonly State[];
}

/** Builds a lifecycle from its table. A target that is no state of the table does not compile. */
export function lifecycle<const Table extends Record<string, Record<string, keyof Table & string>>>(
  noun: string,
  table: Table,
): Lifecycle<keyof Table & string, EventsOf<Table>> {
  type State = keyof Table & string;
  type Event = EventsOf<Table>;
  const states = Object.keys(table) as State[];
  const next = (state: State, event: Event): State | undefined => (table[state] as Record<string, State> | undefined)?.[event];
  return {
    states,
    next,
    can: (state, event) => next(state, event) !== undefined,
    assertCan(state, event) {
      if (next(state, event) !== undefined) return;
      const from = states.filter((candidate) => next(candidate, event) !== undefined);
      throw problem('conflict', `the ${noun} is ${state}; this is possible only while it is ${from.join(' or ')}`);
    },
    from: (event) => states.filter((state) => next(state, event) !== undefined),
  };
}
