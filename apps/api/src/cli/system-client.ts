// Calls of the API over the server's Unix socket, where the caller is the system and needs no credentials.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandLineError } from './command-line-error.ts';

export type Body = Record<string, unknown>;

/** No server listens on the socket. */
export class ServerDown extends CommandLineError {}

/** The server answered with an error of the API. */
export class ApiError extends CommandLineError {
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

const pollMs = 500;

/** A field that is text or a number, as text. */
export function textIn(body: Body, field: string): string | undefined {
  const value = body[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export interface RunProgress {
  /** The server has accepted the command. */
  readonly onStart: () => void;
  readonly onWait: (seconds: number) => void;
}

export class SystemClient {
  readonly #socketPath: string;
  readonly #dataOption: string;

  /** @param dataOption what commands about the installation must say in addition, for remedies */
  constructor(socketPath: string, dataOption: string) {
    this.#socketPath = socketPath;
    this.#dataOption = dataOption;
  }

  /**
   * What is inside the envelope of the reply. Parameters travel in the body, so that none of them ends in a log of requests.
   * @throws ServerDown, ApiError
   */
  async call(command: string, parameters: Readonly<Record<string, string | undefined>> = {}, timeoutMs = 60_000): Promise<Body> {
    const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { status, text } = await this.#post(
      new URLSearchParams([['command', command], ...given, ['response', 'json']]),
      command,
      timeoutMs,
    );
    let body: Body;
    try {
      body = Object.values(JSON.parse(text) as Record<string, Body>)[0] ?? {};
    } catch (error) {
      throw new Error(`${command}: the reply is not JSON (HTTP ${status})`, { cause: error });
    }
    if (status !== 200) throw new ApiError(status, textIn(body, 'errortext') ?? `${command}: HTTP ${status}`);
    return body;
  }

  /** Starts an asynchronous command and waits for its job; gives back the job's result. */
  async run(command: string, parameters: Readonly<Record<string, string | undefined>>, { onStart, onWait }: RunProgress): Promise<Body> {
    const { jobid } = await this.call(command, parameters);
    onStart();
    const started = Date.now();
    for (;;) {
      const job = await this.call('queryAsyncJobResult', { jobid: String(jobid) });
      const result = (job['jobresult'] ?? {}) as Body;
      if (job['jobstatus'] === 1) return result;
      if (job['jobstatus'] !== 0)
        throw new ApiError(Number(result['errorcode'] ?? job['jobresultcode'] ?? 530), textIn(result, 'errortext') ?? 'the job failed');
      onWait(Math.round((Date.now() - started) / 1000));
      await sleep(pollMs);
    }
  }

  #post(form: URLSearchParams, command: string, timeoutMs: number): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const req = request(
        {
          socketPath: this.#socketPath,
          path: '/client/api',
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          timeout: timeoutMs,
        },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('error', reject);
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
        },
      );
      req.on('timeout', () => req.destroy(new CommandLineError(`${command}: the server does not reply within ${timeoutMs / 1000} s`)));
      req.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') {
          reject(new ServerDown(`the management server does not run: start it with ./strata up${this.#dataOption}`));
        } else if (error.code === 'EACCES') {
          reject(new CommandLineError(`no permission on ${this.#socketPath}: run this as the user that started the server`));
        } else {
          reject(error);
        }
      });
      req.end(form.toString());
    });
  }
}
