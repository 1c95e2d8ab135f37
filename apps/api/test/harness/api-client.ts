// A client of the API as tests need it: signs, follows jobs, and gives errors as values to look at.
import { createHmac } from 'node:crypto';
import { type Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type Params = Readonly<Record<string, string | number | boolean | undefined>>;
export type Body = Record<string, unknown>;

/** The API answered with an error. */
export class ApiError extends Error {
  readonly code: number;
  readonly text: string;
  readonly envelope: string;

  constructor(code: number, text: string, envelope: string) {
    super(`${code}: ${text}`);
    this.code = code;
    this.text = text;
    this.envelope = envelope;
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

interface Target {
  readonly url?: URL;
  readonly socketPath?: string;
  readonly keys?: { readonly apiKey: string; readonly secretKey: string };
  readonly agent?: Agent;
}

const jobTimeoutMs = 30_000;

export class ApiClient {
  private readonly target: Target;

  private constructor(target: Target) {
    this.target = target;
  }

  static signed(url: string, keys: { apiKey: string; secretKey: string }, agent?: Agent): ApiClient {
    return new ApiClient({ url: new URL(url), keys, ...(agent && { agent }) });
  }

  static anonymous(url: string): ApiClient {
    return new ApiClient({ url: new URL(url) });
  }

  /** Through the trusted unix socket. */
  static local(socketPath: string): ApiClient {
    return new ApiClient({ socketPath });
  }

  /** What is inside the envelope. @throws ApiError */
  async call(command: string, params: Params = {}): Promise<Body> {
    const reply = await this.send(this.query({ command, response: 'json', ...params }));
    const body = JSON.parse(reply.text) as Record<string, Body>;
    const [envelope, inner] = Object.entries(body)[0]!;
    if (reply.status !== 200) throw new ApiError(Number(inner['errorcode']), String(inner['errortext']), envelope);
    return inner;
  }

  /** The objects of a list command, whatever their key is. */
  async list(command: string, params: Params = {}): Promise<Body[]> {
    const { count: _count, ...rest } = await this.call(command, params);
    return (Object.values(rest)[0] ?? []) as Body[];
  }

  /** Follows the job of an async command and gives its result's object. @throws ApiError when the job failed */
  async run(command: string, params: Params = {}, timeoutMs: number = jobTimeoutMs): Promise<Body> {
    const { jobid } = await this.call(command, params);
    return this.result(String(jobid), timeoutMs);
  }

  async result(jobId: string, timeoutMs: number = jobTimeoutMs): Promise<Body> {
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      const job = await this.call('queryAsyncJobResult', { jobid: jobId });
      const result = (job['jobresult'] ?? {}) as Body;
      if (job['jobstatus'] === 1) return (Object.values(result)[0] instanceof Object ? Object.values(result)[0] : result) as Body;
      if (job['jobstatus'] === 2) throw new ApiError(Number(result['errorcode']), String(result['errortext']), 'jobresult');
      if (performance.now() > endMs) throw new Error(`job ${jobId} is still running after ${timeoutMs} ms`);
      await sleep(20);
    }
  }

  /** The error that the call must end with. */
  async refused(command: string, params: Params = {}): Promise<ApiError> {
    try {
      await this.call(command, params);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    throw new Error(`${command} was not refused`);
  }

  /** One raw request: `query` goes to the URL, `body` as a form. */
  async send(query: string, options: { body?: string; method?: string; headers?: Record<string, string> } = {}): Promise<Reply> {
    const { url, socketPath } = this.target;
    const path = `${url?.pathname ?? '/client/api'}${query === '' ? '' : `?${query}`}`;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...(socketPath === undefined ? { host: url!.hostname, port: url!.port } : { socketPath }),
          path,
          method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
          ...(this.target.agent && { agent: this.target.agent }),
          headers: { ...(options.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }), ...options.headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
          );
          response.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(options.body);
    });
  }

  /** The query string, signed when this client has keys. */
  query(params: Params): string {
    const given = Object.entries(params).filter(([, value]) => value !== undefined);
    const { keys } = this.target;
    const all: [string, string][] = [
      ...given.map(([name, value]): [string, string] => [name, String(value)]),
      ...(keys ? [['apiKey', keys.apiKey] as [string, string]] : []),
    ];
    const encode = (text: string) =>
      encodeURIComponent(text).replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
    const pairs = all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${encode(value)}`);
    if (!keys) return pairs.join('&');
    const signature = createHmac('sha1', keys.secretKey).update(pairs.join('&').toLowerCase()).digest('base64');
    return [...pairs, `signature=${encodeURIComponent(signature)}`].join('&');
  }
}
