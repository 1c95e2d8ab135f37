// The management server as a process of its own, from the production build: for tests that kill it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ApiClient } from './api-client.ts';

/** Longer than any step of a job that it leaves to its end. */
const stopMs = 40_000;
const program = join(import.meta.dirname, '../../dist/main.js');

export interface ServerProcess {
  readonly url: string;
  /** The system, through the trusted socket. */
  readonly local: ApiClient;
  /** How it ended: a signal's name or an exit code. */
  readonly ended: Promise<string>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Ends it in good order. @throws Error when it does not end: then it is killed */
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly databaseUrl: string;
  readonly dataFolder: string;
  /** `saga:step:place`, where the server kills itself. */
  readonly failpoint?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** @throws Error with its last words when it ends before it is ready */
export async function startServerProcess({ databaseUrl, dataFolder, failpoint, env }: ServerProcessOptions): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      STRATA_DATABASE_URL: databaseUrl,
      STRATA_DATA: dataFolder,
      STRATA_PORT: '0',
      STRATA_SIMULATOR: '1',
      ...(failpoint !== undefined && { STRATA_FAILPOINT: failpoint, STRATA_ALLOW_FAILPOINTS: '1' }),
      ...env,
    },
  });
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
  const words: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => words.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      words.push(line);
      if (words.length > 200) words.shift();
      if (line.includes('the management server is ready')) resolve((JSON.parse(line) as { url: string }).url);
    });
    void ended.then((how) => reject(new Error(`the server ended with ${how} before it was ready:\n${words.slice(-10).join('\n')}`)));
  });
  return {
    url,
    local: ApiClient.local(join(dataFolder, 'run', 'strata.sock')),
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      const how = await ended;
      clearTimeout(timer);
      if (how === 'SIGKILL') throw new Error(`the server did not end within ${stopMs / 1000} s:\n${words.slice(-10).join('\n')}`);
    },
  };
}
