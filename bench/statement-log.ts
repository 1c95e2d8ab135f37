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

interface Entry {
  readonly thread: number;
  /** Query, Connect, Quit … */
  readonly type: string;
  readonly text: string;
}

const rowFigures = { rowsRead: ['Rows_read'], rowsWritten: ['Handler_write', 'Handler_update', 'Handler_delete'] } as const;
const rowsSql = "SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Handler%' OR Variable_name LIKE 'Rows%'";
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
    const entries = await this.entries();
    this.background = new Set(entries.filter((entry) => this.isOfServer(entry)).map(({ text }) => shapeOf(text)));
  }

  async observe(act: () => Promise<void>): Promise<{ cost: Cost; texts: string[] }> {
    await this.clear();
    const before = await this.rows();
    await act();
    const after = await this.rows();
    const logged = await this.entries();
    // Each entry of the log is itself a row that was written.
    const ownWrites = logged.findLastIndex(({ text }) => text === rowsSql) - logged.findIndex(({ text }) => text === rowsSql);
    const statements = logged.filter((entry) => this.isCounted(entry));
    const rowsWritten = after.rowsWritten - before.rowsWritten - ownWrites;
    const cost = { statements: statements.length, commits: commitsIn(statements), rowsRead: after.rowsRead - before.rowsRead, rowsWritten };
    return { cost, texts: statements.map(({ text }) => text) };
  }

  private isCounted(entry: Entry): boolean {
    if (!this.isOfServer(entry)) return false;
    return /^(START TRANSACTION|COMMIT|ROLLBACK)$/i.test(entry.text) || !this.background.has(shapeOf(entry.text));
  }

  private isOfServer({ type, thread }: Entry): boolean {
    return (type === 'Query' || type === 'Execute') && thread !== this.connection.threadId;
  }

  /** Waits for a job to end by looking at its row over this connection, which is not counted; no job: nothing to wait for. */
  async whenDone(jobUuid: unknown): Promise<void> {
    if (jobUuid === undefined) return;
    for (;;) {
      await sleep(jobLookMs);
      const [rows] = await this.connection.query('SELECT state, error_text AS errorText FROM cloud.job WHERE uuid = ?', [jobUuid]);
      const [job] = rows as { state: string; errorText: string | null }[];
      if (job?.state === 'Succeeded') return;
      if (job?.state !== 'Running' && job?.state !== 'Queued')
        throw new Error(`job ${String(jobUuid)} is ${job?.state}: ${job?.errorText}`);
    }
  }

  private async clear(): Promise<void> {
    await this.connection.query('TRUNCATE TABLE mysql.general_log');
  }

  private async entries(): Promise<Entry[]> {
    const [rows] = await this.connection.query(
      'SELECT thread_id AS thread, command_type AS type, CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log ORDER BY event_time',
    );
    return rows as Entry[];
  }

  private async rows(): Promise<{ rowsRead: number; rowsWritten: number }> {
    const [rows] = await this.connection.query(rowsSql);
    const status = new Map(
      (rows as { Variable_name: string; Value: string }[]).map(({ Variable_name, Value }) => [Variable_name, Number(Value)]),
    );
    const sum = (names: readonly string[]) => names.reduce((total, name) => total + (status.get(name) ?? 0), 0);
    return { rowsRead: sum(rowFigures.rowsRead), rowsWritten: sum(rowFigures.rowsWritten) };
  }
}

/** A statement without its values. */
function shapeOf(text: string): string {
  return text
    .replace(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replace(/\b\d+(\.\d+)?\b/g, '?')
    .replace(/\s+/g, ' ')
    .trim();
}

function commitsIn(statements: readonly Entry[]): number {
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
