// The test suites: unit (pure, beside the code), int (HTTP + MariaDB + simulator), lab (real hosts).
import { defineConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 24)
  throw new Error('Node 24 or newer is needed: run tests through npm, whose path holds the locked Node');

const conditions = ['@strata/source', 'node', 'import'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{libs,apps,tools,lab,systemvm}/**/*.spec.ts'],
          exclude: ['**/*.int.spec.ts', '**/node_modules/**', '**/dist/**', 'apps/api/test/lab/**', '**/*.lab.spec.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['apps/api/**/*.int.spec.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          globalSetup: ['apps/api/test/harness/database.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['**/*.lab.spec.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
