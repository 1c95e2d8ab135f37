// One throwaway MariaDB for the whole run of the int suite; each test file makes databases of its own in it.
import type { TestProject } from 'vitest/node';
import { startThrowawayMariadb } from '../../../../tools/mariadb.mjs';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startThrowawayMariadb();
  project.provide('databaseUrl', server.url);
  return () => server.stop();
}
