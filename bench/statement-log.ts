// Watches a MariaDB server through its general log: every statement of the management server, by connection and in order.
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';

export interface Cost {
  /** All that travelled to the server, BEGIN and COMMIT included. */
  readonly statements: number;
  /** COMMITs, and writes outside of a transaction. */
  readonly commits: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

interface Statement {
  readonly thread: number;
  readonly text: string;
}

const rowFigures = { rowsRead: ['dml_reads'], rowsWritten: ['dml_inserts', 'dml_updates', 'dml_deletes'] } as const;
/** Long enough to see each periodic statement of an idle server. */
const idleMs = 25_000;
const jobLookMs = 40;

export class StatementLog {
  private readonly connection: mysql.Connection;
  /** Shapes of the statements that an idle server sends by itself. */
  private background = new Set<string>();

  private constructor(connection: mysql.Connection) {
    this.connection = connection;
  }

  /** @param socket the server's unix socket, where the system user is root */
  static async open(socket: string): Promise<StatementLog> {
    const connection = await mysql.createConnection({ socketPath: socket, user: 'root', multipleStatements: true });
    await connection.query("SET GLOBAL innodb_monitor_enable = 'module_dml'");
    await connection.query("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON");
    return new StatementLog(connection);
  }

  async close(): Promise<void> {
    await this.connection.query('SET GLOBAL general_log = OFF');
    await this.connection.end();
  }

  /** Listens to the idle server for a while; what it says then is left out of every count. */
  async learnBackground(): Promise<void> {
    await this.clear();
    await sleep(idleMs);
    this.background = new Set((await this.statements()).map(({ text }) => shapeOf(text)));
  }

  async observe(act: () => Promise<void>): Promise<{ cost: Cost; texts: string[] }> {
    const before = await this.rows();
    await this.clear();
    await act();
    const statements = (await this.statements()).filter(({ text }) => !this.background.has(shapeOf(text)) || /^(START TRANSACTION|COMMIT|ROLLBACK)$/i.test(text));
    const after = await this.rows();
    const cost = { statements: statements.length, commits: commitsIn(statements), rowsRead: after.rowsRead - before.rowsRead, rowsWritten: after.rowsWritten - before.rowsWritten };
    return { cost, texts: statements.map(({ text }) => text) };
  }

  /** Waits for a job to end by looking at its row over this connection, which is not counted; no job: nothing to wait for. */
  async whenDone(jobUuid: unknown): Promise<void> {
    if (jobUuid === undefined) return;
    for (;;) {
      await sleep(jobLookMs);
      const [rows] = await this.connection.query('SELECT state, error_text AS errorText FROM cloud.job WHERE uuid = ?', [jobUuid]);
      const [job] = rows as { state: string; errorText: string | null }[];
      if (job?.state === 'Succeeded') return;
      if (job?.state !== 'Running' && job?.state !== 'Queued') throw new Error(`job ${String(jobUuid)} is ${job?.state}: ${job?.errorText}`);
    }
  }

  private async clear(): Promise<void> {
    await this.connection.query('TRUNCATE TABLE mysql.general_log');
  }

  private async statements(): Promise<Statement[]> {
    const [rows] = await this.connection.query(
      `SELECT thread_id AS thread, CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log
       WHERE command_type IN ('Query', 'Execute') AND thread_id <> CONNECTION_ID() ORDER BY event_time`,
    );
    return rows as Statement[];
  }

  private async rows(): Promise<{ rowsRead: number; rowsWritten: number }> {
    const [rows] = await this.connection.query("SELECT name, count FROM information_schema.innodb_metrics WHERE name LIKE 'dml_%'");
    const status = new Map((rows as { name: string; count: number }[]).map(({ name, count }) => [name, Number(count)]));
    const sum = (names: readonly string[]) => names.reduce((total, name) => total + (status.get(name) ?? 0), 0);
    return { rowsRead: sum(rowFigures.rowsRead), rowsWritten: sum(rowFigures.rowsWritten) };
  }
}

/** A statement without its values. */
function shapeOf(text: string): string {
  return text.replace(/'(?:[^'\\]|\\.|'')*'/g, '?').replace(/\b\d+(\.\d+)?\b/g, '?').replace(/\s+/g, ' ').trim();
}

function commitsIn(statements: readonly Statement[]): number {
  const open = new Set<number>();
  let commits = 0;
  for (const { thread, text } of statements) {
    if (/^START TRANSACTION/i.test(text)) open.add(thread);
    else if (/^COMMIT/i.test(text)) {
      open.delete(thread);
      commits += 1;
    } else if (/^ROLLBACK/i.test(text)) open.delete(thread);
    else if (/^(INSERT|UPDATE|DELETE|REPLACE)/i.test(text) && !open.has(thread)) commits += 1;
  }
  return commits;
}
