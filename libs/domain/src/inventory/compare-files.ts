// I4 and I10: the files of a storage are those of its rows, with the right size and backing file.
import type { Difference } from './difference.ts';

export interface ExpectedFile {
  readonly path: string;
  /** As people call it: `volume ROOT-7`. */
  readonly owner: string;
  /** `maybe` while it is being made or removed. */
  readonly presence: 'required' | 'maybe';
  readonly virtualSizeBytes: number;
  readonly backingPath: string | null;
  /** qcow2 where not said. */
  readonly format?: 'raw';
}

export interface FoundFile {
  readonly path: string;
  /** Undefined where it could not be looked into. */
  readonly facts?: { readonly format: string; readonly virtualSizeBytes: number; readonly backingPath?: string };
  readonly failure?: string;
}

/** @param storage as people call it: `primary storage p1` */
export function compareFiles(check: string, storage: string, expected: readonly ExpectedFile[], found: readonly FoundFile[]): Difference[] {
  const byPath = new Map(found.map((file) => [file.path, file]));
  const wanted = new Set(expected.map(({ path }) => path));
  const extra = found
    .filter(({ path }) => !wanted.has(path))
    .map(({ path }): Difference => ({
      check,
      subject: `${storage}, file ${path}`,
      expected: 'no such file',
      found: 'a file that belongs to nothing',
    }));
  return [...expected.flatMap((file) => compareFile(check, storage, file, byPath.get(file.path))), ...extra];
}

function compareFile(check: string, storage: string, expected: ExpectedFile, found: FoundFile | undefined): Difference[] {
  const subject = `${storage}, file ${expected.path} of ${expected.owner}`;
  if (!found) return expected.presence === 'maybe' ? [] : [{ check, subject, expected: 'there', found: 'missing' }];
  if (expected.presence === 'maybe') return [];
  if (!found.facts) return [{ check, subject, expected: 'a sound image', found: found.failure ?? 'it can not be read' }];
  const { format, virtualSizeBytes, backingPath = null } = found.facts;
  const pairs: [string, string][] = [
    [`format ${expected.format ?? 'qcow2'}`, `format ${format}`],
    [`size ${expected.virtualSizeBytes} bytes`, `size ${virtualSizeBytes} bytes`],
    [backingText(expected.backingPath), backingText(backingPath)],
  ];
  return pairs.filter(([want, have]) => want !== have).map(([want, have]) => ({ check, subject, expected: want, found: have }));
}

function backingText(path: string | null): string {
  return path === null ? 'no backing file' : `backing file ${path}`;
}
