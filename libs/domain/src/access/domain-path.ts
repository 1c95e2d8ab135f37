// Paths of the domain tree. Inside they begin and end with a slash ('/', '/sales/emea/'), so that a prefix is an ancestor.
import { problem } from '../errors.ts';

const rootDomainPath = '/';

export function childDomainPath(parent: string, name: string): string {
  return `${parent}${name}/`;
}

/** Undefined for the root. */
export function parentDomainPath(path: string): string | undefined {
  return path === rootDomainPath ? undefined : path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
}

/** Whether `path` is `ancestor` itself or below it. */
export function domainContains(ancestor: string, path: string): boolean {
  return path.startsWith(ancestor);
}

/** How the API shows a path: `ROOT`, `ROOT/sales/emea`. */
export function formatDomainPath(path: string): string {
  return `ROOT${path.slice(0, -1)}`;
}

/** Reads what logins and parameters hold: absent, '', '/', 'sales/emea', '/sales/emea/' or 'ROOT/sales/emea'. Throws `invalid`. */
export function parseDomainPath(text: string | undefined, parameter: string): string {
  const segments = (text ?? '').trim().replace(/^\//, '').replace(/\/$/, '').split('/');
  if (segments[0]?.toUpperCase() === 'ROOT') segments.shift();
  if (segments.length === 0 || (segments.length === 1 && segments[0] === '')) return rootDomainPath;
  if (segments.includes('')) throw problem('invalid', `${parameter} "${text}" is not a domain path: write it as /sales/emea`);
  return `/${segments.join('/')}/`;
}
