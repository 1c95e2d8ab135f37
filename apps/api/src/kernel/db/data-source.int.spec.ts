// Sessions do not depend on the defaults of a database that somebody else runs.
import { expect, inject, it } from 'vitest';
import { createDataSource } from './data-source.ts';

it('every connection, the first one too, gets its own settings', async () => {
  const dataSource = await createDataSource({ url: inject('databaseUrl'), entities: [], poolSize: 3 }).initialize();
  try {
    const read =
      'SELECT @@tx_isolation AS isolation, @@sql_mode AS mode, @@time_zone AS zone, @@global.sql_mode AS defaultMode, CONNECTION_ID() AS id, SLEEP(0.05)';
    const rows = await Promise.all([1, 2, 3].map(() => dataSource.query<Record<string, string>[]>(read)));
    const sessions = rows.map(([row]) => row!);
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(3);
    for (const { isolation, mode, zone, defaultMode } of sessions) {
      expect({ isolation, mode, zone }).toEqual({
        isolation: 'READ-COMMITTED',
        mode: 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
        zone: '+00:00',
      });
      expect(mode).not.toBe(defaultMode);
    }
  } finally {
    await dataSource.destroy();
  }
});
