// The rules of the field: pure, synchronous, without framework, I/O, clock or randomness.
export * from './account/account.states.ts';
export * from './check.ts';
export * from './errors.ts';
export * from './host/host-facts.ts';
export * from './host/host.states.ts';
export * from './ids.ts';
export * from './job/job.states.ts';
export * from './lifecycle.ts';
export * from './network/network.states.ts';
export * from './saga-log.ts';
export * from './storage/storage-pool.states.ts';
export * from './template/template.states.ts';
export * from './vm/vm.states.ts';
export * from './volume/volume.states.ts';
export * from './zone/allocation.states.ts';
