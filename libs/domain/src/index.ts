// The rules of the field: pure, synchronous, without framework, I/O, clock or randomness.
export * from './check.ts';
export * from './errors.ts';
export * from './host/host-facts.ts';
export * from './ids.ts';
export * from './lifecycle.ts';
export * from './saga-log.ts';
