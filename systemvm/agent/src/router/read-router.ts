// Checks what the management server sends to routers.
import { maxRouterBatch, maxUserDataBytes } from '@strata/domain';
import type { RouterConfiguration, RouterGuest, RouterSubnet } from '@strata/domain';
import { hostName, ipv4, list, mac as anyMac, nullable, object, text, uuid, whole, yesOrNo, type Reader } from '../read.ts';

export const mac: Reader<string> = (value, where) => anyMac(value, where).toLowerCase();
/** Also part of a file's name. */
export const revision = text(64, /^[A-Za-z0-9-]+$/, 'a revision');
const digest = text(128, /^[\x21-\x7e]+$/, 'a digest');
/** One line for whoever reads it. */
const line = (maxLength: number): Reader<string> => text(maxLength, /^[^\p{Cc}]*$/u, 'one line of text');
const domain = text(253, /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/, 'a domain name');

export const readRouterConfiguration = object<RouterConfiguration>({
  domain,
  servesDns: yesOrNo,
  forwarders: list(ipv4, 8),
  subnets: list(object<RouterSubnet>({ gateway: ipv4, prefixLength: whole(8, 30) }), 64),
  availabilityZone: line(255),
  cloudIdentifier: line(128),
});

const guest = object<RouterGuest>({
  mac,
  ip: ipv4,
  hostName,
  uuid,
  serviceOffering: line(255),
  publicKeys: list(line(16_384), 64),
  userDataRevision: nullable(revision),
  digest,
});

export const readGuests = object<{ guests: RouterGuest[] }>({ guests: list(guest, maxRouterBatch) });
export const readMacs = object<{ macs: string[] }>({ macs: list(mac, maxRouterBatch) });
export const readNothing = object<Record<string, never>>({}) as Reader<Record<string, never>>;
export const readPassword = object<{ mac: string; revision: string; password: string }>({
  mac,
  revision,
  password: text(255, /^[\x20-\x7e]+$/, 'a password of printable ASCII'),
});
export const readUserData = object<{ mac: string; revision: string; base64: string; sha256: string }>({
  mac,
  revision,
  base64: text(Math.ceil(maxUserDataBytes.POST / 3) * 4, /^[A-Za-z0-9+/]*={0,2}$/, 'base64'),
  sha256: text(64, /^[0-9a-f]{64}$/, 'a SHA-256 in small letters'),
});
