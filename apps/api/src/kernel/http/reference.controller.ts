// Shows the API reference at /client/docs/api, to everyone: it says what the product offers, nothing of this installation.
import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { referenceOf, referencesOf } from '../command/reference.ts';
import { httpServices, type HttpServices } from './http-services.ts';
import { commandPage, indexPage, referencePolicy } from './reference-pages.ts';

const folder = '/client/docs/api';

@Controller()
export class ReferenceController {
  constructor(@Inject(httpServices) private readonly services: HttpServices) {}

  @Get('client/docs/api')
  showIndex(@Res() reply: FastifyReply): void {
    show(reply, indexPage(referencesOf(this.services.registry.commands), folder));
  }

  @Get('client/docs/api/:command')
  showCommand(@Param('command') name: string, @Res() reply: FastifyReply): void {
    const command = this.services.registry.find(name);
    if (!command) throw new NotFoundException();
    show(reply, commandPage(referenceOf(command), folder));
  }
}

function show(reply: FastifyReply, html: string): void {
  reply.header('content-type', 'text/html; charset=UTF-8');
  reply.header('content-security-policy', referencePolicy);
  reply.header('x-content-type-options', 'nosniff');
  reply.header('referrer-policy', 'no-referrer');
  reply.header('cache-control', 'no-cache');
  reply.send(html);
}
