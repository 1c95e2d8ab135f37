// The older way to a console: GET /client/console?cmd=access&vm=<id>, which redirects to the console's page.
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { problem } from '@strata/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RawParams } from '../../kernel/command/raw-params.ts';
import { isDatabaseAway } from '../../kernel/db/failures.ts';
import { authenticate } from '../../kernel/http/authenticate.ts';
import { readCookie, sessionKeyCookie } from '../../kernel/http/cookies.ts';
import { httpServices, type HttpServices } from '../../kernel/http/http-services.ts';
import { isCrossSite } from '../../kernel/http/origin.ts';
import { RequestSessions } from '../../kernel/http/request-sessions.ts';
import { causeChain, errorReply, isExpected } from '../../kernel/wire/error-envelope.ts';
import { createConsoleEndpoint } from './create-console-endpoint.command.ts';

@Controller()
export class ConsoleController {
  constructor(@Inject(httpServices) private readonly services: HttpServices) {}

  @Get('client/console')
  async open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.header('cache-control', 'no-store');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-content-type-options', 'nosniff');
    try {
      const url = await this.linkFor(request);
      reply.code(302).header('location', url).send();
    } catch (error) {
      const { status, body } = errorReply(error, createConsoleEndpoint);
      if (!isExpected(error) && !isDatabaseAway(error))
        this.services.log.error({ request: request.id, causes: causeChain(error) }, 'a console could not be opened: a defect');
      reply
        .code(status)
        .header('content-type', 'text/plain; charset=utf-8')
        .send(`${String(body['errortext'])}\n`);
    }
  }

  private async linkFor(request: FastifyRequest): Promise<string> {
    const query = request.url.split('?', 2)[1] ?? '';
    const raw = RawParams.parse(query);
    const wanted = raw.raw('cmd') ?? '';
    if (wanted !== 'access')
      throw problem(
        'invalid',
        `parameter cmd is "${wanted.slice(0, 40)}": only access is offered, which opens a console; there are no thumbnails`,
      );
    const crossSite = isCrossSite(request.headers);
    const cookieHeader = request.headers.cookie;
    // Pages open this address in a window of its own and can't read the key; the cookie proves that it is the same browser.
    const key = readCookie(cookieHeader, sessionKeyCookie);
    if (!raw.has('apikey') && !raw.has('sessionkey') && key !== undefined && !crossSite) raw.set('sessionkey', key);
    const caller = await authenticate(
      { raw, command: createConsoleEndpoint, cookieHeader, entry: 'public', isCrossSite: crossSite },
      this.services,
    );
    const sessions = new RequestSessions({
      store: this.services.sessions,
      cookieHeader,
      isHttps: request.protocol === 'https',
      acceptsInitialPassword: false,
      isCrossSite: crossSite,
    });
    const parameters = new RawParams();
    parameters.set('virtualmachineid', raw.raw('vm') ?? '');
    const origin = { requestId: request.id, remoteAddress: request.ip, isLoopback: false };
    const { body } = await this.services.executor.run(createConsoleEndpoint.name, parameters, caller, origin, sessions);
    return (body['consoleendpoint'] as { url: string }).url;
  }
}
