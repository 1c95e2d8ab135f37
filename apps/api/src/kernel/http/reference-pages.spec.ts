// Texts of declarations stay texts.
import { expect, it } from 'vitest';
import { commandPage } from './reference-pages.ts';

it('escapes what it shows', () => {
  const html = commandPage(
    {
      name: 'a<b>',
      about: '"x" & <i>',
      roles: '<',
      execution: '>',
      since: '1',
      params: [{ name: '<p>', type: '&', required: true, about: "it's" }],
      answer: '<',
      fields: [],
    },
    '/client/docs/api',
  );
  expect(html).toContain('a&#60;b&#62;');
  expect(html).toContain('&#34;x&#34; &#38; &#60;i&#62;');
  expect(html).not.toMatch(/<i>|<b>|it's/);
});
