// The Nest module of the HTTP layer.
import { type DynamicModule, Module } from '@nestjs/common';
import { ApiController } from './api.controller.ts';
import { httpServices, type HttpServices } from './http-services.ts';
import { ReferenceController } from './reference.controller.ts';

@Module({})
export class HttpModule {
  static with(services: HttpServices): DynamicModule {
    return {
      module: HttpModule,
      controllers: [ApiController, ReferenceController],
      providers: [{ provide: httpServices, useValue: services }],
      exports: [httpServices],
    };
  }
}
