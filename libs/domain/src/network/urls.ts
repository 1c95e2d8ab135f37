// The URLs by which administrators name storage and hosts. Own strict grammars: nothing odd gets as far as a mount command.
import { problem } from '../errors.ts';
import { parseServerAddress } from './host-names.ts';

export interface StorageUrl {
  readonly protocol: 'nfs';
  /** Lower case; an IPv6 address stands without brackets. */
  readonly server: string;
  /** Absolute, without trailing slash, empty, `.` or `..` segments. */
  readonly path: string;
}

export interface HostUrl {
  readonly address: string;
  /** The SSH port, where it is named. */
  readonly port: number | undefined;
}

/** Refusals are shown and logged: a password that somebody wrote into a URL must not be. */
function withoutLogin(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i, '$1***@');
}

/** `nfs://server/path`, with a path that drivers take as it is. Throws `invalid`. */
export function parseStorageUrl(text: string, parameter = 'url'): StorageUrl {
  const wanted = 'write it as nfs://server/path, such as nfs://192.168.0.5/export/primary';
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw problem('invalid', `${parameter} "${withoutLogin(text)}" has no protocol: ${wanted}`);
  if (scheme !== 'nfs') throw problem('invalid', `${parameter} "${withoutLogin(text)}": storage by ${scheme} is not supported: ${wanted}`);
  const rest = text.slice('nfs://'.length);
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  if (authority === '') throw problem('invalid', `${parameter} "${withoutLogin(text)}" names no server: ${wanted}`);
  if (slash < 0) throw problem('invalid', `${parameter} "${withoutLogin(text)}" names no exported folder: ${wanted}`);
  if (authority.includes('@'))
    throw problem('invalid', `${parameter} "${withoutLogin(text)}" holds a user name, which NFS does not know: ${wanted}`);
  if (/^[^:[\]]+:[0-9]*$/.test(authority) || /\]:[0-9]*$/.test(authority))
    throw problem('invalid', `${parameter} "${withoutLogin(text)}": leave out the colon or port after the server: ${wanted}`);
  return { protocol: 'nfs', server: parseServerAddress(authority, parameter), path: exportPath(rest.slice(slash), text, parameter) };
}

export function formatStorageUrl(url: StorageUrl): string {
  return `${url.protocol}://${url.server.includes(':') ? `[${url.server}]` : url.server}${url.path}`;
}

/** `http://host` or `http://host:port`, as the wizard sends it; a bare `host[:port]` is accepted as well. Throws `invalid`. */
export function parseHostUrl(text: string, parameter = 'url'): HostUrl {
  const wanted = 'write it as http://host, such as http://kvm1.example.org or http://192.168.0.11:22';
  const match = /^(?:https?:\/\/)?(\[[^\]/]*\]|[^:/\s[\]]+)(?::([0-9]{1,5}))?\/?$/i.exec(text);
  if (text.includes('@'))
    throw problem(
      'invalid',
      `${parameter} "***${text.slice(text.lastIndexOf('@'))}": send user name and password as parameters of their own: ${wanted}`,
    );
  if (!match?.[1]) throw problem('invalid', `${parameter} "${withoutLogin(text)}" is not the address of a host: ${wanted}`);
  const port = match[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && (port < 1 || port > 65_535))
    throw problem('invalid', `${parameter} "${withoutLogin(text)}": the port must be from 1 to 65535`);
  return { address: parseServerAddress(match[1], parameter), port };
}

function exportPath(path: string, url: string, parameter: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..'))
    throw problem('invalid', `${parameter} "${withoutLogin(url)}": the path must not contain "." or ".." segments`);
  const odd = /[^A-Za-z0-9/._-]/.exec(path)?.[0];
  if (odd !== undefined)
    throw problem(
      'invalid',
      `${parameter} "${withoutLogin(url)}": the path contains ${JSON.stringify(odd)}; use letters, digits and . _ - only`,
    );
  if (segments.some((segment) => segment.startsWith('-')))
    throw problem('invalid', `${parameter} "${withoutLogin(url)}": no folder of the path may begin with -, as an option does: rename it`);
  if (path.length > 200) throw problem('invalid', `${parameter}: the path has ${path.length} characters; at most 200 are possible`);
  return `/${segments.join('/')}`;
}
