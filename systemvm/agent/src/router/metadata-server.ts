// The metadata server of guests: metadata as text, user data byte for byte.
import type { IncomingMessage } from 'node:http';
import type { RouterConfiguration, RouterGuest } from '@strata/domain';
import { type Answer, plain } from './guest-server.ts';
import type { GuestStore } from './guest-store.ts';
import { answerMetadata } from './metadata.ts';

export const metadataPort = 80;

export async function metadataAnswer(
  guest: RouterGuest,
  request: IncomingMessage,
  configuration: RouterConfiguration,
  store: GuestStore,
): Promise<Answer> {
  const path = (request.url ?? '/').split(/[?#]/)[0]!;
  const answer = answerMetadata(path, guest, configuration);
  if (answer.kind === 'text') return plain(200, answer.text);
  const bytes = answer.kind === 'userData' ? await store.userData(guest) : undefined;
  return bytes ? { status: 200, type: 'application/octet-stream', body: bytes } : plain(404, 'there is no such thing');
}
