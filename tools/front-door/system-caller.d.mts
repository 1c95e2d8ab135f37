// Types of system-caller.mjs for the test of the front door.
/** The body of a command's reply, as the system account. */
export function call(place: { readonly socket: string }, command: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
