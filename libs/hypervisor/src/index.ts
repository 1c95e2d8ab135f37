// Talks to hosts; knows no accounts, zones or database.
export * from './driver-error.ts';
export * from './driver.ts';
export * from './specs.ts';
