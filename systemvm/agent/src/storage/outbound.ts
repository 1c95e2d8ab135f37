// The one client that fetches from outside: http and https only, each address judged after its name was resolved, and again after each redirect.
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { AgentProblem } from '../agent-problem.ts';

const maxRedirects = 5;

/** What may pass when it is tried again. */
export class Interrupted extends Error {}

export interface Address {
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/** Throws `AgentProblem` for addresses that nothing is fetched from. */
export interface AddressJudge {
  check(address: string, host: string): void;
}

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

const resolveBySystem: Resolve = (host) => lookup(host, { all: true, verbatim: false });

export interface Asked {
  /** Byte to go on from. */
  readonly from: number;
  /** The file must still be this one, or come from its beginning. */
  readonly validator: string;
  /** Without a byte for so long the connection counts as dead. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

export class Outbound {
  readonly #judge: AddressJudge;
  readonly #resolve: Resolve;

  constructor(judge: AddressJudge, resolve: Resolve = resolveBySystem) {
    this.#judge = judge;
    this.#resolve = resolve;
  }

  /** The answer to a GET whose status is 200, 206 or 416. Throws `AgentProblem` for what will not change, `Interrupted` for what may. */
  async get(url: string, asked: Asked): Promise<IncomingMessage> {
    let next = url;
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const answer = await this.#ask(new URL(next), asked);
      const { statusCode = 0, headers } = answer;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        answer.destroy();
        if (!URL.canParse(headers.location, next))
          throw new AgentProblem('invalid', 'the server redirects to something that is no address');
        next = new URL(headers.location, next).href;
        continue;
      }
      if (statusCode === 200 || statusCode === 206 || statusCode === 416) return answer;
      answer.destroy();
      const told = `the server answers ${statusCode} ${answer.statusMessage ?? ''}`.trim();
      if (statusCode === 408 || statusCode === 429 || statusCode >= 500) throw new Interrupted(told);
      throw new AgentProblem('invalid', `${told}: check the address`);
    }
    throw new AgentProblem('invalid', `the server redirects more than ${maxRedirects} times`);
  }

  async #ask(url: URL, { from, validator, silenceMs, signal }: Asked): Promise<IncomingMessage> {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new AgentProblem('invalid', `the address leads to ${url.protocol}, which is not followed: only http and https are`);
    if (url.username !== '' || url.password !== '')
      throw new AgentProblem('invalid', 'the address holds a user name or password, which is not sent: use one that needs none');
    const pinned = await this.#find(url.hostname.replace(/^\[|\]$/g, ''));
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      'user-agent': 'strata',
      accept: '*/*',
      'accept-encoding': 'identity',
      ...(from > 0 && { range: `bytes=${from}-`, ...(validator !== '' && { 'if-range': validator }) }),
    };
    return new Promise((done, fail) => {
      const request = start(url, {
        headers,
        signal,
        timeout: silenceMs,
        agent: false,
        // The address that was judged, not what the name says a moment later.
        lookup: (_name, options, answer) => {
          if (options.all) answer(null, [pinned]);
          else answer(null, pinned.address, pinned.family);
        },
      });
      request.on('timeout', () => request.destroy(new Error('it is silent')));
      request.on('response', done);
      request.on('error', (error) => fail(new Interrupted(`${url.host} does not answer: ${error.message}`)));
      request.end();
    });
  }

  async #find(host: string): Promise<Address> {
    const family = isIP(host);
    const found = family === 0 ? await this.#resolve(host).catch(unresolved(host)) : [{ address: host, family }];
    // One forbidden address among several is enough: which one is taken is up to whoever answers for the name.
    for (const { address } of found) this.#judge.check(address, host);
    const [first] = found;
    if (!first) throw new Interrupted(`the name ${host} has no address`);
    return first;
  }
}

function unresolved(host: string): (error: unknown) => never {
  return (error) => {
    throw new Interrupted(`the name ${host} can't be resolved: ${error instanceof Error ? error.message : String(error)}`);
  };
}
