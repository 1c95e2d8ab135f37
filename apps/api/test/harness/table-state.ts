// What a database holds, to prove that a refused request changed nothing.
import type { DataSource } from 'typeorm';

/** Written by the server's own heart and schedule, whatever is requested. */
const writtenByItself = new Set(['management_server', 'reconciler_lease']);

/** Table → number of rows and checksum of their content. */
export async function tableState(database: DataSource): Promise<Record<string, string>> {
  const tables = (await database.query<Record<string, string>[]>('SHOW TABLES'))
    .map((row) => Object.values(row)[0]!)
    .filter((table) => !writtenByItself.has(table));
  const counts = await database.query<{ name: string; rows: number }[]>(
    tables.map((table) => `SELECT '${table}' AS name, COUNT(*) AS \`rows\` FROM \`${table}\``).join(' UNION ALL '),
  );
  const sums = await database.query<{ Checksum: number }[]>(`CHECKSUM TABLE ${tables.map((table) => `\`${table}\``).join(', ')}`);
  return Object.fromEntries(counts.map(({ name, rows }, at) => [name, `${rows} rows, checksum ${sums[at]!.Checksum}`]));
}
