// JSON or XML: which one a request asked for, and its content type.
import type { JsonObject } from '../json.ts';
import { writeJson } from './json.ts';
import { writeXml } from './xml.ts';

export type ReplyFormat = 'json' | 'xml';

/** `response=json` selects JSON, anything else or nothing is XML (contract/protocol section 1). */
export function formatOf(response: string | undefined): ReplyFormat {
  return response?.toLowerCase() === 'json' ? 'json' : 'xml';
}

export const contentTypes: Readonly<Record<ReplyFormat, string>> = {
  json: 'application/json; charset=UTF-8',
  xml: 'text/xml; charset=UTF-8',
};

export function writeReply(format: ReplyFormat, envelope: string, body: JsonObject): string {
  return format === 'json' ? writeJson(envelope, body) : writeXml(envelope, body);
}
