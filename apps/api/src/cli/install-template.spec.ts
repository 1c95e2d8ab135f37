// The format of a template as its name tells it.
import { expect, test } from 'vitest';
import { formatOf } from './install-template.ts';

test.each([
  ['/srv/debian.qcow2', 'QCOW2'],
  ['https://example.org/debian.raw?mirror=2', 'RAW'],
  ['disk.IMG', 'RAW'],
  ['debian.iso', 'ISO'],
  ['/srv/guest', 'QCOW2'],
])('%s is %s', (source, format) => {
  expect(formatOf(source)).toBe(format);
});
