// The addresses from which templates, ISOs and volumes are fetched. What they resolve to is judged by who fetches them.
import { problem } from '../errors.ts';
import { refuseServer } from './fetch-policy.ts';

const maxLength = 2048;

/** An http or https address of a file, without fragment, scheme and server in small letters. Throws `invalid`; no refusal repeats a password. */
export function parseImageUrl(text: string, parameter = 'url'): string {
  const wanted = 'write it as http://server/path/of/the/file or https://…';
  const trimmed = text.trim();
  if (trimmed.length > maxLength)
    throw problem('invalid', `parameter ${parameter} has ${trimmed.length} characters: at most ${maxLength} are possible`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw problem('invalid', `parameter ${parameter}: ${scheme} is not supported: ${wanted}`);
  const match = /^https?:\/\/([^/?#\\]+)([/?][^#]*)?(?:#.*)?$/i.exec(trimmed);
  if (!match?.[1] || /[^!-~]/.test(trimmed)) throw problem('invalid', `parameter ${parameter} is no address of a file: ${wanted}`);
  const [, authority, path = '/'] = match;
  if (authority.includes('@'))
    throw problem(
      'invalid',
      `parameter ${parameter} holds a user name or password, which everyone who sees the template would see: use an address that needs none`,
    );
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i.test(authority))
    throw problem('invalid', `parameter ${parameter}: ${authority.slice(0, 80)} is no server: ${wanted}`);
  const refusal = refuseServer(authority.toLowerCase().replace(/:[0-9]+$/, ''));
  if (refusal !== undefined) throw problem('invalid', `parameter ${parameter}: ${refusal}`);
  if (/\.(metalink|meta4)(\?|$)/i.test(path))
    throw problem('invalid', `parameter ${parameter}: lists of mirrors are not followed: give the address of the file itself`);
  return `${scheme}://${authority.toLowerCase()}${path.startsWith('?') ? '/' : ''}${path}`;
}
