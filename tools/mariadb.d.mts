// Types of mariadb.mjs for the TypeScript that imports it.
export interface MariadbServer {
  /** `mysql://user:password@127.0.0.1:port/cloud` */
  readonly url: string;
  /** The same for another database; the application may create and drop those named `cloud_…`. */
  urlOf(database: string): string;
  readonly socket: string;
  readonly port: number;
  readonly pid: number;
  /** It ran before; nothing was started. */
  readonly wasRunning: boolean;
  /** Runs statements as the administrator; rows come back as tab-separated lines. */
  sql(statements: string): Promise<string>;
  stop(): Promise<void>;
}

export interface MariadbOptions {
  dataDir: string;
  durable: boolean;
  user?: string;
  port?: number;
  detached?: boolean;
}

export function startMariadb(options: MariadbOptions): Promise<MariadbServer>;
export function startThrowawayMariadb(): Promise<MariadbServer>;
export function runningMariadb(dataDir: string): MariadbServer | null;
export function isPassable(folder: string, user?: string): Promise<boolean>;
export function freePort(wanted?: number): Promise<number>;
