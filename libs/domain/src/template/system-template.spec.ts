// Names of system VM templates in secondary storage.
import { describe, expect, it } from 'vitest';
import { findSystemTemplate, systemTemplatePath } from './system-template.ts';

const sha256 = 'a1'.repeat(32);

describe('system VM templates', () => {
  it('are found again by their path', () => {
    const path = systemTemplatePath({ version: '0.1.0-4731d5d024', sha256 });
    expect(path).toBe(`template/system/0.1.0-4731d5d024_${sha256}.qcow2`);
    expect(findSystemTemplate(path)).toEqual({ version: '0.1.0-4731d5d024', sha256 });
  });

  it.each([
    'template/system/notes.txt',
    `template/0.1.0_${sha256}.qcow2`,
    `template/system/.0.1.0_${sha256}.qcow2.part`,
    `template/system/../0.1.0_${sha256}.qcow2`,
    `template/system/0.1.0_${sha256.slice(1)}.qcow2`,
  ])('are not mistaken for %s', (path) => {
    expect(findSystemTemplate(path)).toBeUndefined();
  });
});
