// A browser with the CloudStack 3 console in it, as the server sees it: a login session, GET requests, jobs polled by their id.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Body, Params } from '../harness/api-client.ts';

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** The console escapes what it writes into URLs itself, spaces as %20. */
const formed = (params: Params) =>
  Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');

export class ConsoleSession {
  /** What the login answered. */
  readonly user: Body;
  private readonly url: string;
  private readonly cookie: string;

  private constructor(url: string, user: Body, cookie: string) {
    this.url = url;
    this.user = user;
    this.cookie = cookie;
  }

  /** POST, the password as its MD5, the root domain as `/`. */
  static async open(url: string, username: string, password: string): Promise<ConsoleSession> {
    const form = formed({ command: 'login', username, password: md5(password), domain: '/', response: 'json' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
    const response = await fetch(url, { method: 'POST', body: form, headers });
    const { loginresponse } = (await response.json()) as { loginresponse: Body };
    if (!response.ok) throw new Error(`${response.status}: ${String(loginresponse['errortext'])}`);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    return new ConsoleSession(url, loginresponse, cookies.join('; '));
  }

  /** One request with all that jQuery and the console add to it. */
  async send(command: string, params: Params = {}): Promise<{ status: number; body: Record<string, Body> }> {
    const query = formed({ command, response: 'json', sessionkey: String(this.user['sessionkey']), ...params, _: Date.now() });
    const response = await fetch(`${this.url}?${query}`, { headers: { cookie: this.cookie, 'x-requested-with': 'XMLHttpRequest' } });
    return { status: response.status, body: (await response.json()) as Record<string, Body> };
  }

  /** What is inside the envelope, read under the name that the console looks for. @throws Error with what the console would show */
  async get(command: string, params: Params = {}, envelope = `${command.toLowerCase()}response`): Promise<Body> {
    const { status, body } = await this.send(command, params);
    if (status !== 200) throw new Error(`${command}: ${status}: ${String(Object.values(body).at(-1)!['errortext'])}`);
    const inner = body[envelope];
    if (!inner) throw new Error(`${command} answers ${Object.keys(body).join()} instead of ${envelope}`);
    return inner;
  }

  /** The jobresult of a command that answers a job. @throws Error with what the console would show */
  async follow(command: string, params: Params = {}): Promise<Body> {
    const { jobid: jobId } = await this.get(command, params);
    for (let asked = 0; asked < 500; asked += 1) {
      const job = await this.get('queryAsyncJobResult', { jobId: String(jobId) });
      if (job['jobstatus'] === 1) return job['jobresult'] as Body;
      if (job['jobstatus'] === 2) throw new Error(`${command}: ${String((job['jobresult'] as Body)['errortext'])}`);
      await sleep(20);
    }
    throw new Error(`${command} is still not done`);
  }
}
