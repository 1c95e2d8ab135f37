// The connection to MariaDB: one place for the options that everything relies on.
import { migrations } from '@strata/migrations';
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
