/** The body of a command's reply, as the system account. */
export function call(place: { readonly socket: string }, command: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
