// The one client that fetches from outside: http and https only, each address judged after its name was resolved, and again after each redirect.
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { AgentProblem } from '../agent-problem.ts';
import type { AddressPolicy } from './address-policy.ts';

const maxRedirects = 5;
const connectMs = 30_000;
/** Without a byte for so long the connection counts as dead. */
const silenceMs = 60_000;

/** What may pass when it is tried again. */
export class Interrupted extends Error {}

export interface Asked {
  /** Byte to go on from. */
  readonly from: number;
  /** The file must still be this one, or come from its beginning. */
  readonly validator: string;
  readonly signal: AbortSignal;
}

/** The answer to a GET whose status is 200, 206 or 416. Throws `AgentProblem` for what will not change, `Interrupted` for what may. */
export async function get(url: string, policy: AddressPolicy, asked: Asked): Promise<IncomingMessage> {
  let next = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const answer = await ask(new URL(next), policy, asked);
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      answer.destroy();
      if (!URL.canParse(headers.location, next)) throw new AgentProblem('invalid', 'the server redirects to something that is no address');
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

async function ask(url: URL, policy: AddressPolicy, { from, validator, signal }: Asked): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AgentProblem('invalid', `the server redirects to ${url.protocol}, which is not followed`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const pinned = await resolve(host, policy);
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
      timeout: connectMs,
      agent: false,
      // The address that was judged, not what the name says a moment later.
      lookup: (_name, options, answer) => {
        if (options.all) answer(null, [pinned]);
        else answer(null, pinned.address, pinned.family);
      },
    });
    request.on('timeout', () => request.destroy(new Error('it is silent')));
    request.on('response', (response) => {
      request.setTimeout(silenceMs);
      done(response);
    });
    request.on('error', (error) => fail(new Interrupted(`${url.host} does not answer: ${error.message}`)));
    request.end();
  });
}

async function resolve(host: string, policy: AddressPolicy): Promise<{ address: string; family: number }> {
  const family = isIP(host);
  const found =
    family === 0
      ? await lookup(host, { all: true, verbatim: false }).catch((error: unknown) => {
          throw new Interrupted(`the name ${host} can't be resolved: ${error instanceof Error ? error.message : String(error)}`);
        })
      : [{ address: host, family }];
  // One forbidden address among several is enough: which one is taken is up to whoever answers for the name.
  for (const { address } of found) policy.check(address, host);
  const [first] = found;
  if (!first) throw new Interrupted(`the name ${host} has no address`);
  return first;
}
