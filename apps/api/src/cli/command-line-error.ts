// The failure that is shown without a stack.

/** Its message tells the operator what to do. */
export class CommandLineError extends Error {}
