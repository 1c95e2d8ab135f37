// Which builds of the system VM template stay when another one is made.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('keeps the current build and the one before it, and all that is no build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata builds '));
  try {
    const names = [
      'strata-systemvm-1.0-c.qcow2',
      'strata-systemvm-1.0-a.qcow2',
      'strata-systemvm-1.0-b.qcow2',
      'strata-systemvm-0.9-z.qcow2',
    ];
    const others = ['base-1.tar.gz', 'systemvm.json'];
    for (const [age, name] of [...names, ...others].entries()) {
      writeFileSync(join(folder, name), name);
      utimesSync(join(folder, name), 1_000_000 - age, 1_000_000 - age);
    }
    const drop = (): void => void execFileSync(join(import.meta.dirname, 'drop-old-builds'), [folder, names[0]!]);
    drop();
    expect(readdirSync(folder).toSorted()).toEqual([...names.slice(0, 2), ...others].toSorted());
    drop();
    expect(readdirSync(folder)).toHaveLength(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
