// Request bodies: form parameters as text, bounded in size, never parsed by the framework.
import type { IncomingMessage } from 'node:http';
import { problem, type Problem } from '@strata/domain';

/** 1 MiB of user data in base64, percent-encoded, and the other parameters. */
const maxBodyBytes = 1_835_008;

/** What is read and thrown away beyond the limit, so that a client which sends before it listens still gets its answer. */
const maxDrainedBytes = 16 * 1_024 * 1_024;

export interface FormBody {
  readonly text: string;
  /** What is wrong with the body, to be said in the format that the request asks for. */
  readonly problem?: Problem;
}

export async function readFormBody(contentType: string | undefined, payload: IncomingMessage): Promise<FormBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
    else if (size > maxDrainedBytes) break;
  }
  if (size > maxBodyBytes)
    return { text: '', problem: problem('invalid', `the request body is larger than ${maxBodyBytes} bytes: send less`) };
  if (size === 0) return { text: '' };
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== '' && type !== 'application/x-www-form-urlencoded') {
    return {
      text: '',
      problem: problem('invalid', `the request body is ${type.slice(0, 80)}: send parameters as application/x-www-form-urlencoded`),
    };
  }
  return { text: Buffer.concat(chunks).toString('latin1') };
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Text from single bytes (as node gives URLs) to UTF-8. @throws invalid when it is not UTF-8 */
export function decodeBytes(latin1: string): string {
  // eslint-disable-next-line no-control-regex
  if (!/[^\x00-\x7f]/.test(latin1)) return latin1;
  try {
    return strictUtf8.decode(Buffer.from(latin1, 'latin1'));
  } catch (cause) {
    throw problem('invalid', 'the request holds text that is not valid UTF-8', { cause });
  }
}
