// The processes under measure: started, told apart by pid, their CPU time read from /proc.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Started {
  readonly pid: number;
  /** The first line it printed. */
  readonly firstLine: string;
  stop(): Promise<void>;
}

/** Starts a program under this Node and waits for its first line of output. */
export async function startProgram(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! });
  const firstLine = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${script} ended with ${code} before it was ready`))),
  ]);
  lines.resume();
  return {
    pid: child.pid!,
    firstLine,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** User and system time of a process so far, in milliseconds; /proc counts in 1/100 s. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
