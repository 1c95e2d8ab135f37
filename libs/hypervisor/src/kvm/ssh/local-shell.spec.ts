// The local shell keeps the same promises as the one over SSH.
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { localShell } from './local-shell.ts';

it('gives output, errors and status', async () => {
  const result = await localShell.run({ argv: ['/bin/sh', '-c', 'cat; echo err >&2; exit 3'], stdin: 'in', timeoutMs: 5_000 });
  expect(result).toEqual({ exitCode: 3, stdout: 'in', stderr: 'err\n' });
});

it('reads a stream', async () => {
  const stdin = { stream: Readable.from(['ab', 'cd']), sizeBytes: 4 };
  expect(await localShell.run({ argv: ['cat'], stdin, timeoutMs: 5_000 })).toMatchObject({ stdout: 'abcd' });
});

it('ends what takes too long, with all that it started', async () => {
  const started = performance.now();
  await expect(localShell.run({ argv: ['/bin/sh', '-c', 'sleep 30 & wait'], timeoutMs: 200 })).rejects.toMatchObject({
    kind: 'unreachable',
    reason: 'timedOut',
  });
  expect(performance.now() - started).toBeLessThan(5_000);
});

it('names a program that is not there, and stops a flood', async () => {
  await expect(localShell.run({ argv: ['no-such-program'], timeoutMs: 1_000 })).rejects.toMatchObject({ kind: 'unsupported' });
  await expect(localShell.run({ argv: ['yes'], timeoutMs: 10_000 })).rejects.toMatchObject({ kind: 'bug' });
});
