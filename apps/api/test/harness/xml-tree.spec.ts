// The strict reader of XML: what it reads and what it refuses.
import { expect, it } from 'vitest';
import { parseXml, treeOfJson } from './xml-tree.ts';

const head = '<?xml version="1.0" encoding="UTF-8"?>';

it('reads the same tree as the JSON form has', () => {
  const xml = parseXml(`${head}<r v="1"><count>2</count><zone><name>a &lt;b&gt; &amp;&#13;</name></zone><zone><note/></zone></r>`);
  expect(xml).toEqual(treeOfJson('r', { count: 2, zone: [{ name: 'a <b> &\r' }, { note: '' }] }));
});

it.each([
  '<r/>',
  `${head}<r>`,
  `${head}<r><a></r></a>`,
  `${head}<r/><r/>`,
  `${head}<r/>x`,
  `${head}</r>`,
  `${head}<r>a & b</r>`,
  `${head}<r>&nbsp;</r>`,
  `${head}<r>a < b</r>`,
  `${head}<1r/>`,
  `${head}<r>\u0001</r>`,
  `${head}<r a=1/>`,
  head,
])('refuses %j', (text) => {
  expect(() => parseXml(text)).toThrow();
});
