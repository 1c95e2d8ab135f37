// The XML form of answers: shape, escaping, and user data that XML can't hold.
import { describe, expect, it } from 'vitest';
import { writeXml } from './xml.ts';

const head = '<?xml version="1.0" encoding="UTF-8"?>';
const inner = (body: Parameters<typeof writeXml>[1]) => /^.*?<r [^>]*>(.*)<\/r>$/s.exec(writeXml('r', body))?.[1];

describe('writeXml', () => {
  it('repeats the element of an array and puts the count first', () => {
    expect(writeXml('listzonesresponse', { zone: [{ id: 'a' }, { id: 'b' }], count: 2 })).toBe(
      `${head}<listzonesresponse cloud-stack-version="4.22.0.0"><count>2</count><zone><id>a</id></zone><zone><id>b</id></zone></listzonesresponse>`,
    );
  });

  it('writes an empty list as an empty envelope', () => {
    expect(writeXml('listzonesresponse', {})).toBe(`${head}<listzonesresponse cloud-stack-version="4.22.0.0"></listzonesresponse>`);
  });

  it('escapes markup in text', () => {
    expect(inner({ name: `<b>"Tom" & 'Jerry'</b>` })).toBe('<name>&lt;b&gt;&quot;Tom&quot; &amp; &apos;Jerry&apos;&lt;/b&gt;</name>');
  });

  it('replaces characters that XML can not hold', () => {
    expect(inner({ name: 'a\u0000b\u001bc\ud800d\uffff' })).toBe('<name>a\ufffdb\ufffdc\ufffdd\ufffd</name>');
  });

  it('keeps emoji, line feeds and carriage returns', () => {
    expect(inner({ name: '🙂\n\r\t' })).toBe('<name>🙂\n&#13;\t</name>');
  });

  it('turns map keys into element names', () => {
    expect(inner({ details: { 'dhcp:114': 'x', '1st': 'y', '<z>': 'w', cpuNumber: '2' } })).toBe(
      '<details><dhcp_114>x</dhcp_114><_1st>y</_1st><_z_>w</_z_><cpuNumber>2</cpuNumber></details>',
    );
  });

  it('writes numbers, booleans and empty text, and leaves null and undefined out', () => {
    expect(inner({ a: 0, b: false, c: '', d: null, e: undefined, f: [] })).toBe('<a>0</a><b>false</b><c/>');
  });
});
