// The connection to MariaDB: one place for the options that everything relies on.
import { migrations } from '@strata/migrations';
import mysql, { type Pool, type PoolOptions } from 'mysql2';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SnakeCaseNames } from './naming.ts';

export interface DatabaseOptions {
  /** mysql://user:password@host:port/database */
  readonly url: string;
  readonly entities: NonNullable<DataSourceOptions['entities']>;
  readonly poolSize?: number;
}

export function createDataSource({ url, entities, poolSize = 16 }: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'mariadb',
    driver: { ...mysql, createPool },
    url,
    entities,
    migrations: [...migrations],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'none',
    namingStrategy: new SnakeCaseNames(),
    timezone: 'Z',
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: false,
    poolSize,
    connectTimeout: 10_000,
    extra: { decimalNumbers: true },
  });
}

/**
 * A database that others run has defaults of its own. Locks and claims are written for READ COMMITTED; values that do not fit must be refused;
 * and values are quoted with backslashes, so a mode in which those mean nothing would open every statement to injection.
 */
const sessionSettings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'",
];

/** The pool that TypeORM asks for; each new connection gets its settings before its first query. */
function createPool(options: PoolOptions): Pool {
  const pool = mysql.createPool(options);
  pool.on('connection', (connection) => {
    for (const sql of sessionSettings) connection.query(sql, (error) => error && connection.destroy());
  });
  return pool;
}
