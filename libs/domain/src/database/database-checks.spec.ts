// Database checks.
import { expect, it } from 'vitest';
import { databaseChecks, type DatabaseVariables } from './database-checks.ts';

const good: DatabaseVariables = {
  version: '10.11.19-MariaDB-0+deb12u1-log',
  default_storage_engine: 'InnoDB',
  read_only: 'OFF',
  sql_mode: 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
  binlog_format: 'ROW',
  log_bin: 'ON',
  max_connections: '350',
  innodb_flush_log_at_trx_commit: '1',
  sync_binlog: '1',
  innodb_rollback_on_timeout: 'ON',
  innodb_lock_wait_timeout: '600',
  max_allowed_packet: '16777216',
  character_set_server: 'utf8mb4',
  transaction_isolation: 'READ-COMMITTED',
};
const notGreen = (change: Record<string, string>) =>
  databaseChecks({ ...good, ...change })
    .filter((result) => result.level !== 'green')
    .map((result) => [result.code, result.level]);

it('is green for good settings, and red or amber for each other, with the line to add', () => {
  expect(notGreen({})).toEqual([]);
  const cases: [Record<string, string>, string, 'amber' | 'red'][] = [
    [{ version: '10.5.23-MariaDB' }, 'version', 'red'],
    [{ version: '8.0.36' }, 'version', 'red'],
    [{ default_storage_engine: 'Aria' }, 'default_storage_engine', 'red'],
    [{ read_only: 'ON' }, 'read_only', 'red'],
    [{ sql_mode: '' }, 'sql_mode', 'red'],
    [{ binlog_format: 'MIXED' }, 'binlog_format', 'red'],
    [{ max_connections: '151' }, 'max_connections', 'amber'],
    [{ innodb_flush_log_at_trx_commit: '2' }, 'innodb_flush_log_at_trx_commit', 'amber'],
    [{ sync_binlog: '0' }, 'sync_binlog', 'amber'],
    [{ innodb_rollback_on_timeout: 'OFF' }, 'innodb_rollback_on_timeout', 'amber'],
    [{ innodb_lock_wait_timeout: '5' }, 'innodb_lock_wait_timeout', 'amber'],
    [{ max_allowed_packet: '1048576' }, 'max_allowed_packet', 'amber'],
    [{ character_set_server: 'latin1' }, 'character_set_server', 'amber'],
    [{ transaction_isolation: 'READ-UNCOMMITTED' }, 'isolation', 'amber'],
  ];
  for (const [change, code, level] of cases) expect(notGreen(change)).toEqual([[`database.${code}`, level]]);
  expect(
    databaseChecks({ ...good, max_connections: '151' }).find((result) => result.code === 'database.max_connections')?.remedy,
  ).toContain('max_connections=350');
});

it('does not ask for the format of a binary log that is off', () => {
  expect(notGreen({ log_bin: 'OFF', binlog_format: 'MIXED', sync_binlog: '0' })).toEqual([['database.log_bin', 'amber']]);
});

it('CS-29 reports variables that the server does not know', () => {
  const results = databaseChecks({ version: '10.11.19-MariaDB' });
  expect(results.filter((result) => result.level === 'green').map((result) => result.code)).toEqual(['database.version']);
  expect(results.find((result) => result.code === 'database.innodb_rollback_on_timeout')?.measured).toBe(
    'innodb_rollback_on_timeout is not known to the server',
  );
});
