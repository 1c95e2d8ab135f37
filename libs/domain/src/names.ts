// Names that people give to things: zones, accounts, templates, display names.
import { problem } from './errors.ts';

const maxNameLength = 255;

/** A name of a zone, pod, cluster, offering, template …: trimmed, not empty, printable. Returns the trimmed name; throws `invalid`. */
export function parseDisplayName(text: string, parameter: string, maxLength = maxNameLength): string {
  const name = text.trim();
  if (name === '') throw problem('invalid', `${parameter} is empty: give a name`);
  const length = [...name].length;
  if (length > maxLength) throw problem('invalid', `${parameter} has ${length} characters; at most ${maxLength} are possible`);
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name) || !name.isWellFormed())
    throw problem('invalid', `${parameter} contains characters that cannot be shown: use printable ones only`);
  return name;
}

/** Accounts and users: what can stand in a URL, a path and a log line without quoting. Returns the trimmed name; throws `invalid`. */
export function parseAccountName(text: string, parameter: string): string {
  const name = parseDisplayName(text, parameter, 100);
  if (/[\s/\\<>"'`&;|$]/.test(name))
    throw problem(
      'invalid',
      `${parameter} "${name}" cannot be an account or user name: leave out blanks, slashes, quotes and any of < > & ; | $`,
    );
  return name;
}

/** A domain of the tenancy tree: one segment of its path. Returns the trimmed name; throws `invalid`. */
export function parseDomainName(text: string, parameter: string): string {
  const name = parseDisplayName(text, parameter, 100);
  if (name.toUpperCase() === 'ROOT') throw problem('invalid', `${parameter}: ROOT is the name of the uppermost domain: choose another`);
  if (/[/\\<>"'`]/.test(name))
    throw problem('invalid', `${parameter} "${name}" cannot be a domain name: leave out slashes, quotes, < and >`);
  return name;
}

/** Tags of hosts, storage and offerings: a comma-separated list. Blanks around tags and repetitions are dropped; throws `invalid`. */
export function parseTags(text: string | undefined, parameter: string): readonly string[] {
  const tags = (text ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const odd = tags.find((tag) => !/^[A-Za-z0-9._:+-]{1,64}$/.test(tag));
  if (odd !== undefined)
    throw problem('invalid', `${parameter}: "${odd}" cannot be a tag: use up to 64 letters, digits and . _ : + -, and commas between tags`);
  return [...new Set(tags)];
}
