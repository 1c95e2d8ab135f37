// The first line of a stream is found however it comes, and what follows stays.
import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { readFirstLine } from './first-line.ts';

it('gives the line and leaves the rest', async () => {
  const [ours, theirs] = duplexPair();
  const line = readFirstLine(ours, 100, 1_000);
  theirs.write('hel');
  theirs.write('lo\nRFB');
  expect(await line).toBe('hello');
  expect(String(ours.read())).toBe('RFB');
});

it.each([
  ['too long', (stream: NodeJS.WritableStream) => stream.write('x'.repeat(101)), /longer than 100 bytes/],
  ['cut off', (stream: NodeJS.WritableStream) => stream.end('hello'), /ended before/],
  ['not there', () => undefined, /did not come in time/],
])('refuses a line that is %s', async (_title, send, text) => {
  const [ours, theirs] = duplexPair();
  const line = readFirstLine(ours, 100, 50);
  send(theirs);
  await expect(line).rejects.toThrow(text);
});
