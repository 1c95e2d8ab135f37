// What file tools print, as driver errors.
import { expect, it } from 'vitest';
import { exitCodes, fileFailure } from './file-failure.ts';

it.each([
  [1, 'cp: error writing x: No space left on device', { kind: 'refused', reason: 'noSpace' }],
  [1, 'mkdir: cannot create directory: Read-only file system', { kind: 'refused', reason: 'readOnly' }],
  [1, 'mkdir: cannot create directory: Permission denied', { kind: 'refused', reason: undefined }],
  [1, 'stat: cannot read: Stale file handle', { kind: 'unreachable' }],
  [32, 'umount: /mnt/x: target is busy.', { kind: 'busy' }],
  [1, 'find: x: No such file or directory', { kind: 'missing' }],
  [127, '/bin/sh: 3: qemu-img: not found', { kind: 'unsupported' }],
  [1, 'never seen', { kind: 'bug' }],
  [75, '', { kind: 'busy' }],
  [exitCodes.notMounted, '', { kind: 'missing' }],
  [exitCodes.missing, '', { kind: 'missing' }],
  [exitCodes.different, '', { kind: 'refused', reason: undefined }],
  [exitCodes.checksum, 'SHA-256 is a instead of b', { kind: 'refused', reason: 'checksumMismatch' }],
])('status %i with "%s"', (exitCode, stderr, expected) => {
  expect(fileFailure('do it', { exitCode, stdout: '', stderr })).toMatchObject(expected);
});
