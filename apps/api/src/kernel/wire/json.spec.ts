// One top-level key, count first, nothing that a strict parser refuses.
import { expect, it } from 'vitest';
import { writeJson } from './json.ts';

it('writes the envelope as the only top-level key', () => {
  expect(writeJson('listzonesresponse', {})).toBe('{"listzonesresponse":{}}');
});

it('puts the count before the rows wherever it stood', () => {
  expect(writeJson('listzonesresponse', { zone: [{ id: 'a' }], count: 1 })).toBe('{"listzonesresponse":{"count":1,"zone":[{"id":"a"}]}}');
});

it('leaves undefined fields out', () => {
  expect(writeJson('x', { a: undefined, b: 1 })).toBe('{"x":{"b":1}}');
});
