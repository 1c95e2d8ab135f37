// The only API controller: /client/api takes every command.
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import { problem } from '@strata/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../command/caller.ts';
import type { Command } from '../command/command.ts';
import { RawParams } from '../command/raw-params.ts';
import { isDatabaseAway } from '../db/failures.ts';
import { causeChain, errorReply, isExpected } from '../wire/error-envelope.ts';
import { formatOf } from '../wire/reply-format.ts';
import { authenticate } from './authenticate.ts';
import { DatabaseOutage } from './database-outage.ts';
import { entryOf } from './entry.ts';
import { decodeBytes, type FormBody } from './form-body.ts';
import { enforcePostAndTimestamps, readsByName } from './hardening.ts';
import { httpServices, type HttpServices } from './http-services.ts';
import { HttpRefusal, refusalReply } from './refusal.ts';
import { isCrossSite, isFromThisMachine, namesThisMachine } from './origin.ts';
import { RequestSessions } from './request-sessions.ts';
import { type Answer, send } from './send.ts';
import { UnknownParameters } from './unknown-parameters.ts';

@Controller()
export class ApiController {
  private readonly unknownParameters: UnknownParameters;
  private readonly outage: DatabaseOutage;

  constructor(@Inject(httpServices) private readonly services: HttpServices) {
    this.unknownParameters = new UnknownParameters(services.log);
    this.outage = new DatabaseOutage(services.log);
  }

  @All('client/api')
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const origin = originOf(request);
    const sources = [queryOf(request), (request.body as FormBody | undefined)?.text ?? ''];
    let raw: RawParams;
    try {
      raw = parse(request, sources);
    } catch (error) {
      const wantsJson = sources.some((source) => /(?:^|&)response=json(?:&|$)/i.test(source));
      send(reply, wantsJson ? 'json' : 'xml', this.failed(error, undefined, origin));
      return;
    }
    const sessions = new RequestSessions({
      store: this.services.sessions,
      cookieHeader: request.headers.cookie,
      isHttps: request.protocol === 'https',
      acceptsInitialPassword: origin.isLoopback || this.services.allowDefaultPassword,
      isCrossSite: isFromAnotherSite(request),
    });
    const answer = await this.answer(request, raw, origin, sessions);
    send(reply, formatOf(raw.raw('response')), { ...answer, cookies: sessions.cookies });
  }

  private async answer(request: FastifyRequest, raw: RawParams, origin: RequestOrigin, sessions: RequestSessions): Promise<Answer> {
    const name = raw.raw('command') ?? '';
    const command = this.services.registry.find(name);
    try {
      const entry = entryOf(request.raw.socket);
      // There is no session where nobody has to log in.
      if (entry !== 'public' && (name === 'login' || name === 'logout'))
        throw problem('unknownCommand', `${name} is not offered at this entry: it needs no login`);
      checkMethod(request.method, name, entry === 'public' && this.services.settings.get(enforcePostAndTimestamps));
      const caller = await authenticate(
        { raw, command, cookieHeader: request.headers.cookie, entry, isCrossSite: isFromAnotherSite(request) },
        this.services,
      );
      if (name === '')
        throw caller.via === 'session'
          ? new HttpRefusal(400, 'the parameter command is missing')
          : problem('unknownCommand', 'the parameter command is missing: listApis names the commands');
      const { envelope, body } = await this.services.executor.run(name, raw, caller, origin, sessions);
      if (command) this.unknownParameters.note(command, raw);
      return { status: 200, envelope, body, requestId: origin.requestId };
    } catch (error) {
      return this.failed(error, command, origin);
    }
  }

  /** The one place where errors of requests are logged: defects with their causes, the rest as a line for who looks for it. */
  private failed(thrown: unknown, command: Command | undefined, origin: RequestOrigin): Answer {
    if (thrown instanceof HttpRefusal) return { ...refusalReply(thrown, command), requestId: origin.requestId };
    const error = isExpected(thrown) || !isDatabaseAway(thrown) ? thrown : this.outage.refusal(thrown);
    const reply = errorReply(error, command);
    const fields = { request: origin.requestId, command: command?.name, from: origin.remoteAddress, status: reply.status };
    if (isExpected(error)) this.services.log.debug({ ...fields, text: reply.description }, 'refused a request');
    else this.services.log.error({ ...fields, causes: causeChain(error) }, 'a request failed on a defect');
    return { ...reply, requestId: origin.requestId };
  }
}

function parse(request: FastifyRequest, sources: readonly string[]): RawParams {
  const body = request.body as FormBody | undefined;
  if (body?.problem) throw body.problem;
  return RawParams.parse(...sources.map(decodeBytes));
}

function queryOf(request: FastifyRequest): string {
  const url = request.url;
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

function isFromAnotherSite(request: FastifyRequest): boolean {
  const isRebound = entryOf(request.raw.socket) === 'integration' && !namesThisMachine(request.headers.host);
  return isRebound || isCrossSite(request.headers);
}

/** @throws HttpRefusal 405 */
function checkMethod(method: string, name: string, changesByPostOnly: boolean): void {
  if (method !== 'GET' && method !== 'POST') throw new HttpRefusal(405, `${method} is not possible here: send GET or POST`, 'GET, POST');
  // A password in a query string ends up in logs and histories on its way.
  if (method === 'GET' && name === 'login') throw new HttpRefusal(405, 'login by GET would leave the password in logs: send POST', 'POST');
  if (method === 'GET' && changesByPostOnly && name !== '' && !readsByName(name))
    throw new HttpRefusal(
      405,
      `${name.slice(0, 80)} may change something: send POST, as the setting ${enforcePostAndTimestamps.name} asks`,
      'POST',
    );
}

function originOf(request: FastifyRequest): RequestOrigin {
  const isLocalSocket = entryOf(request.raw.socket) === 'local';
  return {
    requestId: request.id,
    remoteAddress: isLocalSocket ? 'local' : request.ip,
    isLoopback: isLocalSocket || isFromThisMachine(request.raw.socket.remoteAddress ?? '', request.headers['x-forwarded-for']),
  };
}
