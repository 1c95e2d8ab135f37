// Runs the machine's own programs: argument lists, never a shell.
import { spawn } from 'node:child_process';
import { AgentProblem } from './agent-problem.ts';

export interface ToolOptions {
  /** Given on standard input. */
  readonly input?: string;
  /** The program is killed after this; 30 seconds where nothing is said. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Its standard output; both outputs are kept up to 1 MiB each. Throws `AgentProblem('failed')` with what it said on standard error. */
export function runTool(program: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { input, timeoutMs = 30_000, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL', signal });
    const output = collect(child.stdout);
    const complaint = collect(child.stderr);
    child.on('error', (error) => reject(new AgentProblem('failed', `${program} could not run: ${error.message}`, error)));
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve(output());
      const why = complaint().trim() || (killedBy === null ? `it ended with code ${code}` : `it was ended after ${timeoutMs} ms`);
      reject(new AgentProblem('failed', `${program} failed: ${why}`));
    });
    // A program that ends before it read everything says why by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

const maxOutputBytes = 1024 * 1024;

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes + chunk.length <= maxOutputBytes) chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString();
}
