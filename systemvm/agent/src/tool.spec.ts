// Programs of the machine: output, complaints, patience.
import { describe, expect, it } from 'vitest';
import { runTool } from './tool.ts';

describe('runTool', () => {
  it('gives input and takes output', async () => expect(await runTool('cat', [], { input: 'words' })).toBe('words'));

  it('hands arguments on as they are', async () => expect(await runTool('printf', ['%s', '$(id); "x"'])).toBe('$(id); "x"'));

  it.each([
    ['what a program complains about', 'ls', ['/nowhere/at/all'], /ls failed: .*No such file/],
    ['a program that says nothing', 'false', [], /false failed: it ended with code 1/],
    ['a program that is not there', 'strata-no-such-program', [], /could not run: .*ENOENT/],
  ])('tells of %s', async (_what, program, args, message) => {
    await expect(runTool(program, args)).rejects.toMatchObject({ kind: 'failed', message: expect.stringMatching(message) as string });
  });

  it('ends what takes too long', async () => {
    await expect(runTool('sleep', ['60'], { timeoutMs: 50 })).rejects.toThrow('it was ended after 50 ms');
  });
});
