// What the doctor's targets may look like.
import { expect, test } from 'vitest';
import { readTarget } from './doctor-targets.ts';

test.each([
  ['kvm1.example.org', { kind: 'host', username: 'root', host: 'kvm1.example.org' }],
  ['ada@10.0.0.7:2222', { kind: 'host', username: 'ada', host: '10.0.0.7:2222' }],
  ['nfs://10.0.0.5/export/primary', { kind: 'nfs', url: 'nfs://10.0.0.5/export/primary', server: '10.0.0.5', path: '/export/primary' }],
])('%s', (word, target) => {
  expect(readTarget(word)).toEqual(target);
});

test.each(['', 'a@b@c', 'http://host/x', 'two words', 'nfs://server', 'nfs:///path'])('"%s" is refused', (word) => {
  expect(() => readTarget(word)).toThrow();
});
