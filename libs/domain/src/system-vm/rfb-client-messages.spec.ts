// The messages are found however the stream is cut, and a stream that can't be followed is refused.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RfbClientReader } from './rfb-client-messages.ts';

const format = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0];
const stream = Uint8Array.from(
  [
    [0, 0, 0, 0, ...format],
    [2, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 0],
    [3, 1, 0, 0, 0, 0, 2, 128, 1, 224],
    [4, 1, 0, 0, 0, 0, 255, 13],
    [5, 1, 0, 9, 1, 4],
    [6, 0, 0, 0, 0, 0, 0, 2, 104, 105],
    [6, 0, 0, 0, 255, 255, 255, 252, 1, 0, 0, 1],
    [248, 0, 0, 0, 0, 0, 0, 1, 1, 7],
    [251, 0, 2, 128, 1, 224, 1, 0, ...Array<number>(16).fill(0)],
    [255, 0, 0, 0, 1, 0, 32, 172, 0, 0, 0, 18],
  ].flat(),
);
const messages = [
  { kind: 'pixelFormat', format: Uint8Array.from(format) },
  { kind: 'other' },
  { kind: 'updateRequest', incremental: true },
  { kind: 'key', down: true, keysym: 0xff0d },
  { kind: 'pointer', buttons: 1, x: 9, y: 260 },
  { kind: 'clipboard' },
  { kind: 'clipboard' },
  { kind: 'other' },
  { kind: 'other' },
  { kind: 'key', down: false, keysym: 0x010020ac },
];

it('finds the messages however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
      const reader = new RfbClientReader();
      const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
      expect(edges.slice(1).flatMap((edge, index) => reader.push(stream.subarray(edges[index], edge)))).toEqual(messages);
    }),
  );
});

it.each([
  ['unknown', [77, 0, 0]],
  ['longer than any clipboard', [6, 0, 0, 0, 127, 255, 255, 255]],
])('refuses a message that is %s', (_title, bytes) => {
  expect(() => new RfbClientReader().push(Uint8Array.from(bytes))).toThrow('the viewer sent');
});
