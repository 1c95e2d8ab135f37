// Writes an answer as XML: arrays repeat their element, nothing that an XML parser refuses gets through.
import type { Json, JsonObject } from '../json.ts';
import { wireVersion } from './version.ts';

const special: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Characters outside the Char production of XML 1.0 section 2.2; lone surrogates are replaced before. */
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeText(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(forbidden, '\ufffd')
      .replace(/[&<>"']/g, (character) => special[character]!)
      // A parser would turn a bare carriage return into a line feed (XML 1.0 section 2.11).
      .replace(/\r/g, '&#13;')
  );
}

/** Keys of maps are user data: what can't stand in an element name becomes an underscore. */
function elementName(key: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) return key;
  const name = key.replace(/[^A-Za-z0-9_.-]/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

function writeElement(key: string, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item: Json) => writeElement(key, item)).join('');
  const name = elementName(key);
  const content = typeof value === 'object' ? writeFields(value as JsonObject) : escapeText(String(value));
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function writeFields(fields: JsonObject): string {
  return Object.entries(fields)
    .map(([key, value]) => writeElement(key, value))
    .join('');
}

export function writeXml(envelope: string, body: JsonObject): string {
  const { count, ...rest } = body;
  const root = elementName(envelope);
  return `<?xml version="1.0" encoding="UTF-8"?><${root} cloud-stack-version="${wireVersion}">${writeElement('count', count)}${writeFields(rest)}</${root}>`;
}
