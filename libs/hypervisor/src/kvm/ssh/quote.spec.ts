// What a real shell makes of our quoting is exactly the argument list.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoteArguments } from './quote.ts';

function throughShell(argv: readonly string[]): string[] {
  const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${quoteArguments(argv)}`], { encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}

it('leaves plain words readable', () => {
  expect(quoteArguments(['virsh', '-c', 'qemu:///system', 'a b', "it's", ''])).toBe(`virsh -c qemu:///system 'a b' 'it'\\''s' ''`);
});

it('T09 brings any argument through a shell unchanged', () => {
  const hostile = ['$(id)', '`id`', 'a;b', 'a\nb', '"', '\\', '!x', '*', '~', '-n', '#', "'", "''", 'é\u{1f600}'];
  expect(throughShell(hostile)).toEqual(hostile);
  const argument = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 20 }), (argv) => {
      expect(throughShell(argv)).toEqual(argv);
    }),
    { numRuns: 50 },
  );
});

it('refuses what no process argument can hold', () => {
  expect(() => quoteArguments(['a\0b'])).toThrow('NUL');
});
