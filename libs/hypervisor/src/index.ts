// Talks to hosts; knows no accounts, zones or database.
export * from './driver-error.ts';
export * from './driver.ts';
export * from './guest-filter-digest.ts';
export * from './specs.ts';
export * from './kvm/kvm-driver.ts';
export { probeNfsLocally } from './kvm/nfs/probe-nfs.ts';
export { generateManagementKey } from './kvm/ssh/management-key.ts';
export { SimulatedFleet, type SimulatedFleetOptions } from './simulator/simulated-fleet.ts';
export { SimulatorDriver } from './simulator/simulator-driver.ts';
