// Reads what a machine is to serve TLS with.
import type { AgentTls } from '@strata/domain';
import { nullable, object, text } from './read.ts';

export const readTls = nullable(object<AgentTls>({ certificateChain: text(256 * 1024), privateKey: text(64 * 1024) }));
