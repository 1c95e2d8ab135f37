// The loop that runs on hosts, played by this machine's own shell, and the framing of its answers.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostCommand } from './host-shell.ts';
import { FrameReader, encodeCommand, laneCommand } from './lane-protocol.ts';

const token = 'f'.repeat(32);

describe('FrameReader', () => {
  it('finds the frame however the stream is cut', () => {
    const output = `some ${token} text\n${token.slice(0, 31)}\n`;
    const stream = Buffer.from(`${output}\n${token} 7\n`);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const reader = new FrameReader(token);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const frames = edges.slice(1).map((edge, index) => reader.push(stream.subarray(edges[index], edge)));
        expect(frames.filter((frame) => frame !== undefined)).toEqual([{ output, trailer: '7' }]);
      }),
    );
  });
});

describe('the lane on a real shell', () => {
  let shell: ChildProcessWithoutNullStreams;
  beforeEach(() => {
    // Noise before the first frame is what a ~/.bashrc may print.
    shell = spawn('/bin/bash', ['-c', `echo noise; echo noise >&2; ${laneCommand}`]);
    shell.stdin.write(`${token}\n`);
  });
  afterEach(() => {
    shell.stdin.end();
  });

  const frame = (stream: NodeJS.ReadableStream): Promise<{ output: string; trailer: string }> =>
    new Promise((resolve) => {
      const reader = new FrameReader(token);
      const collect = (chunk: Buffer): void => {
        const found = reader.push(chunk);
        if (found === undefined) return;
        stream.removeListener('data', collect);
        resolve(found);
      };
      stream.on('data', collect);
    });

  async function run(
    command: Pick<HostCommand, 'argv'> & Partial<HostCommand>,
    bytes?: string,
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const frames = Promise.all([frame(shell.stdout), frame(shell.stderr)]);
    shell.stdin.write(encodeCommand({ timeoutMs: 5_000, ...command }, token));
    if (bytes !== undefined) shell.stdin.write(bytes);
    const [out, err] = await frames;
    return { exitCode: Number(out.trailer), stdout: out.output, stderr: err.output };
  }

  const ready = (): Promise<unknown> => Promise.all([frame(shell.stdout), frame(shell.stderr)]);

  it('runs one command after another, each with its own output and status', async () => {
    await ready();
    expect(await run({ argv: ['/bin/sh', '-c', 'echo out; echo err >&2; exit 3'] })).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await run({ argv: ['printf', '%s', "two\nlines 'and' $(quotes)"] })).toEqual({
      exitCode: 0,
      stdout: "two\nlines 'and' $(quotes)",
      stderr: '',
    });
  });

  it('gives text on stdin, and an empty stdin where there is none', async () => {
    await ready();
    expect(await run({ argv: ['cat'], stdin: "a\n$b 'c'\n" })).toMatchObject({ stdout: "a\n$b 'c'\n" });
    expect(await run({ argv: ['cat'] })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('gives a stream of exactly its bytes and goes on with the next command', async () => {
    await ready();
    const { Readable } = await import('node:stream');
    const bytes = `${token}\nnot a command\n`;
    const stdin = { stream: Readable.from([]), sizeBytes: bytes.length };
    expect(await run({ argv: ['cat'], stdin }, bytes)).toMatchObject({ exitCode: 0, stdout: bytes });
    expect(await run({ argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
  });

  it('ends a command whose time is over, on the host itself', async () => {
    await ready();
    expect(await run({ argv: ['sleep', '30'], timeoutMs: 1_000 })).toMatchObject({ exitCode: 124 });
    expect(await run({ argv: ['true'] })).toMatchObject({ exitCode: 0 });
  });

  it('keeps its own descriptors from the commands', async () => {
    await ready();
    const { stdout } = await run({ argv: ['/bin/sh', '-c', 'ls /proc/$$/fd'] });
    expect(stdout.trim().split(/\s+/)).not.toContain('3');
  });
});
