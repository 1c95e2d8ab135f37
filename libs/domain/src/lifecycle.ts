// Lifecycles: one table per noun, state → event → next state, from which every check of a state derives.
import { problem } from './errors.ts';
import { listed } from './lists.ts';

type EventsOf<Table> = { [S in keyof Table]: keyof Table[S] }[keyof Table] & string;

/** What a refusal tells beyond the states. */
export interface AboutRow {
  /** As people know it: `web1`. */
  readonly name?: string | undefined;
  /** What to do instead or before: `call stopVirtualMachine first`. */
  readonly remedy?: string | undefined;
}

export interface Lifecycle<State extends string, Event extends string> {
  readonly states: readonly State[];
  readonly events: readonly Event[];
  /** The state after `event`, or undefined where the table has no such transition. */
  next(state: State, event: Event): State | undefined;
  can(state: State, event: Event): boolean;
  /** Throws a `conflict` problem whose text names the object, its state and what would be allowed. */
  assertCan(state: State, event: Event, about?: AboutRow): void;
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
  const events = [...new Set(states.flatMap((state) => Object.keys(table[state] ?? {})))] as Event[];
  const next = (state: State, event: Event): State | undefined => {
    const row: Readonly<Record<string, State>> | undefined = Object.hasOwn(table, state) ? table[state] : undefined;
    return row && Object.hasOwn(row, event) ? row[event] : undefined;
  };
  return {
    states,
    events,
    next,
    can: (state, event) => next(state, event) !== undefined,
    assertCan(state, event, { name, remedy } = {}) {
      if (next(state, event) !== undefined) return;
      const from = states.filter((candidate) => next(candidate, event) !== undefined);
      const subject = name === undefined ? `the ${noun}` : `${noun} ${name}`;
      const advice = remedy === undefined ? '' : `: ${remedy}`;
      throw problem('conflict', `${subject} is ${state}; this is possible only while it is ${listed(from, 'or')}${advice}`);
    },
    from: (event) => states.filter((state) => next(state, event) !== undefined),
  };
}

export type Verdict = { readonly possible: true } | { readonly possible: false; readonly reason: string };

/** What a user may do in which state, derived from the table: `vmCan.start(vm.state)`; `reason` is a text for a disabled button. */
export function actions<State extends string, Event extends string, Action extends string>(
  life: Lifecycle<State, Event>,
  events: Readonly<Record<Action, Event>>,
): Readonly<Record<Action, (state: State) => Verdict>> {
  const verdict = (action: string, event: Event, state: State): Verdict =>
    life.can(state, event)
      ? { possible: true }
      : { possible: false, reason: `${action} is possible only while the state is ${listed(life.from(event), 'or')}, not ${state}` };
  const entries = (Object.entries(events) as [Action, Event][]).map(
    ([action, event]) => [action, (state: State) => verdict(action, event, state)] as const,
  );
  return Object.fromEntries(entries) as Record<Action, (state: State) => Verdict>;
}
