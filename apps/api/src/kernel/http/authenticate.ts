// Turns the credentials of a request into a caller, or refuses (contract/protocol sections 3 to 5).
import { type Problem, problem } from '@strata/domain';
import type { Caller } from '../command/caller.ts';
import type { Command } from '../command/command.ts';
import type { RawParams } from '../command/raw-params.ts';
import { readCookie, sessionCookie, sessionKeyCookie } from './cookies.ts';
import type { Entry } from './entry.ts';
import { endsSoon, enforcePostAndTimestamps } from './hardening.ts';
import type { HttpServices } from './http-services.ts';
import type { Identity } from './identity.ts';
import { isCurrent, signatureFits } from './signature.ts';

export interface Credentials {
  readonly raw: RawParams;
  /** The command asked for, if there is one of that name. */
  readonly command: Command | undefined;
  readonly cookieHeader: string | undefined;
  readonly entry: Entry;
  readonly isCrossSite: boolean;
}

/** Who asks for what anyone may ask for: commands see no account behind it. */
export const anonymous: Caller = {
  userId: 0,
  userUuid: '',
  username: '',
  accountId: 0,
  accountUuid: '',
  accountName: '',
  domainId: 0,
  domainUuid: '',
  domainPath: '',
  role: 'User',
  via: 'session',
};

/** One text for every reason, and one that clients compare literally. */
function refused(): Problem {
  return problem('unauthenticated', 'unable to verify user credentials and/or request signature');
}

/** @throws unauthenticated without valid credentials; denied when another site's page tries to change something */
export async function authenticate(credentials: Credentials, services: HttpServices): Promise<Caller> {
  const { raw, command, entry, isCrossSite } = credentials;
  if (entry !== 'public') {
    // No page in a browser has business here, whatever it calls this machine.
    if (isCrossSite) throw problem('denied', 'this entry takes no requests from web pages');
    return { ...(await services.identities.getSystem()).caller, via: 'local' };
  }
  if (command?.roles === 'anyone') {
    if (isCrossSite && command.name === 'login') throw fromAnotherSite();
    return anonymous;
  }
  if (raw.has('apikey') || raw.has('signature')) return { ...(await bySignature(raw, services)).caller, via: 'apiKey' };
  const { caller } = await bySession(credentials, services);
  if (isCrossSite && command && !command.readOnly) throw fromAnotherSite();
  return { ...caller, via: 'session' };
}

function fromAnotherSite(): Problem {
  return problem('denied', 'a page of another site sent this request: only pages of this server may change something in a login session');
}

async function bySignature(raw: RawParams, services: HttpServices): Promise<Identity> {
  const apiKey = raw.raw('apikey') ?? '';
  const signature = raw.raw('signature') ?? '';
  if (!/^[\x21-\x7e]{1,255}$/.test(apiKey) || signature === '') throw refused();
  const [version, expires, now] = [raw.raw('signatureversion'), raw.raw('expires'), services.clock.now()];
  if (!isCurrent(version, expires, now)) throw refused();
  if (services.settings.get(enforcePostAndTimestamps) && !endsSoon(version, expires, now)) throw refused();
  const identity = await services.identities.findByApiKey(apiKey);
  if (!identity || !signatureFits(raw.sent, signature, services.secrets.open(identity.sealedSecretKey))) throw refused();
  if (!identity.isEnabled) throw refused();
  return identity;
}

/** The session key must be in the cookie and in the parameter; a session whose key is not known to the sender ends. */
async function bySession({ raw, cookieHeader, isCrossSite }: Credentials, { sessions }: HttpServices): Promise<Identity> {
  const id = readCookie(cookieHeader, sessionCookie);
  if (id === undefined) throw refused();
  const key = raw.raw('sessionkey') ?? '';
  const cookieKey = readCookie(cookieHeader, sessionKeyCookie);
  const identity = key !== '' && key === cookieKey ? await sessions.find(id, key) : undefined;
  if (identity?.isEnabled) return identity;
  if (!isCrossSite) await sessions.close(id);
  throw refused();
}
