// Settings of MariaDB that the product depends on, judged from its live variables (CS-29).
import { check, type CheckResult } from '../check.ts';
import { compareVersions } from '../version.ts';

export const minimumMariadbVersion = '10.6';
const minimumConnections = 350;

/** Global variables by name, as SHOW GLOBAL VARIABLES prints them. */
export type DatabaseVariables = Readonly<Record<string, string>>;

interface Need {
  readonly variable: string;
  readonly title: string;
  readonly level: 'amber' | 'red';
  readonly fits: (value: string, all: DatabaseVariables) => boolean;
  readonly cause: string;
  /** The line for the [mysqld] section. */
  readonly line: string;
}

const isOn = (value: string | undefined) => /^(on|1|yes|true)$/i.test(value ?? '');
const logsBinary = (all: DatabaseVariables) => isOn(all['log_bin']);
const atLeast = (minimum: number) => (value: string) => Number(value) >= minimum;

const needs: readonly Need[] = [
  {
    variable: 'default_storage_engine',
    title: 'Storage engine',
    level: 'red',
    fits: (value) => value.toLowerCase() === 'innodb',
    cause: 'only InnoDB has the transactions that everything here relies on',
    line: 'default_storage_engine=InnoDB',
  },
  {
    variable: 'read_only',
    title: 'Writable',
    level: 'red',
    fits: (value) => !isOn(value),
    cause: 'the server accepts no changes: it is a replica or was set read-only',
    line: 'read_only=0',
  },
  {
    variable: 'sql_mode',
    title: 'Strict values',
    level: 'red',
    fits: (value) => /(^|,)(STRICT_TRANS_TABLES|STRICT_ALL_TABLES|TRADITIONAL)(,|$)/i.test(value),
    cause: 'values that do not fit would be cut silently instead of refused',
    line: 'sql_mode=STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  },
  {
    variable: 'binlog_format',
    title: 'Binary log format',
    level: 'red',
    fits: (value, all) => !logsBinary(all) || value.toUpperCase() === 'ROW',
    cause: 'only row format replays our changes exactly',
    line: 'binlog_format=ROW',
  },
  {
    variable: 'max_connections',
    title: 'Connections',
    level: 'amber',
    fits: atLeast(minimumConnections),
    cause: `fewer than ${minimumConnections} connections: under load requests wait for one`,
    line: `max_connections=${minimumConnections}`,
  },
  {
    variable: 'innodb_flush_log_at_trx_commit',
    title: 'Durable commits',
    level: 'amber',
    fits: (value) => value === '1',
    cause: 'after a power loss the last changes that were acknowledged may be gone',
    line: 'innodb_flush_log_at_trx_commit=1',
  },
  {
    variable: 'sync_binlog',
    title: 'Durable binary log',
    level: 'amber',
    fits: (value, all) => !logsBinary(all) || value === '1',
    cause: 'after a power loss the binary log may lack the last changes',
    line: 'sync_binlog=1',
  },
  {
    variable: 'log_bin',
    title: 'Binary log',
    level: 'amber',
    fits: isOn,
    cause: 'without the binary log a backup can be restored only to the hour it was made',
    line: 'log_bin=mysql-bin',
  },
  {
    variable: 'innodb_rollback_on_timeout',
    title: 'Rollback on timeout',
    level: 'amber',
    fits: isOn,
    cause: 'after a lock wait timeout half a transaction would stay open',
    line: 'innodb_rollback_on_timeout=1',
  },
  {
    variable: 'innodb_lock_wait_timeout',
    title: 'Lock wait',
    level: 'amber',
    fits: atLeast(50),
    cause: 'transactions give up early when the server is busy',
    line: 'innodb_lock_wait_timeout=50',
  },
  {
    variable: 'max_allowed_packet',
    title: 'Packet size',
    level: 'amber',
    fits: atLeast(16 * 2 ** 20),
    cause: 'large values such as user data may not fit in one statement',
    line: 'max_allowed_packet=16M',
  },
  {
    variable: 'character_set_server',
    title: 'Character set',
    level: 'amber',
    fits: (value) => value.toLowerCase() === 'utf8mb4',
    cause: 'new tables could not hold every Unicode character',
    line: 'character_set_server=utf8mb4',
  },
];

export function databaseChecks(variables: DatabaseVariables): CheckResult[] {
  return [version(variables), isolation(variables), ...needs.map((need) => judge(need, variables))];
}

function judge(need: Need, variables: DatabaseVariables): CheckResult {
  const outcome = check(`database.${need.variable}`, need.title);
  const value = variables[need.variable];
  if (value !== undefined && need.fits(value, variables)) return outcome.green(`${need.variable} = ${value}`);
  return outcome[need.level](
    `${need.variable} ${value === undefined ? 'is not known to the server' : `= ${value || '(empty)'}`}`,
    need.cause,
    `add to the [mysqld] section of its configuration and restart it: ${need.line}`,
  );
}

function version(variables: DatabaseVariables): CheckResult {
  const { green, red } = check('database.version', 'MariaDB');
  const found = variables['version'] ?? '';
  if (!/mariadb/i.test(`${found} ${variables['version_comment'] ?? ''}`))
    return red(
      found || 'no version',
      'the database server is not MariaDB',
      `install MariaDB ${minimumMariadbVersion} or newer: apt-get install mariadb-server`,
    );
  if (compareVersions(found, minimumMariadbVersion) >= 0) return green(found);
  return red(
    found,
    `MariaDB ${found} is too old: ${minimumMariadbVersion} or newer is needed`,
    'upgrade it with the packages of a current operating system or of mariadb.org',
  );
}

function isolation(variables: DatabaseVariables): CheckResult {
  const { green, amber } = check('database.isolation', 'Transaction isolation');
  const value = (variables['transaction_isolation'] ?? variables['tx_isolation'] ?? '').toUpperCase();
  if (value === 'READ-COMMITTED' || value === 'REPEATABLE-READ') return green(value);
  return amber(
    value || 'not known',
    'the default isolation level is unusual: our sessions set their own, other tools on this database do not',
    'add to the [mysqld] section of its configuration and restart it: transaction-isolation=READ-COMMITTED',
  );
}
