// Reading cookies as clients send them.
import { expect, it } from 'vitest';
import { readCookie } from './cookies.ts';

it('finds a cookie among others, the first of its name, without quotes', () => {
  expect(readCookie('a=1; JSESSIONID=x; JSESSIONID=y', 'JSESSIONID')).toBe('x');
  expect(readCookie('sessionkey="abc=="; b', 'sessionkey')).toBe('abc==');
});

it('finds nothing where nothing is', () => {
  for (const header of [undefined, '', 'JSESSIONID', '=x', 'xJSESSIONID=1', 'jsessionid=1'])
    expect(readCookie(header, 'JSESSIONID')).toBeUndefined();
});
