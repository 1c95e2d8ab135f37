// A host shell on the machine this process runs on, for checks of the management server itself.
import { spawn } from 'node:child_process';
import { DriverError } from '../../driver-error.ts';
import { maxOutputBytes, programOf, timedOut } from './host-shell.ts';
import type { CommandResult, HostCommand, HostShell } from './host-shell.ts';

export const localShell: HostShell = { run: runLocally };

function runLocally(command: HostCommand): Promise<CommandResult> {
  const [program, ...args] = command.argv;
  const { stdin } = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      // Its own process group, so that a time-out ends all that it started.
      detached: true,
      env: { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let sizeBytes = 0;
    const stop = (error: DriverError): void => {
      if (child.pid !== undefined) killGroup(child.pid);
      finish(() => reject(error));
    };
    const timer = setTimeout(() => stop(timedOut(programOf(command), command.timeoutMs)), command.timeoutMs);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > maxOutputBytes) stop(new DriverError('bug', `${programOf(command)} printed more than ${maxOutputBytes} bytes`));
    };
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    child.on('error', (cause) => finish(() => reject(new DriverError('unsupported', `${program} cannot be started here`, { cause }))));
    child.on('close', (code) =>
      finish(() =>
        resolve({ exitCode: code ?? 1, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
      ),
    );
    // The program may end without reading its input.
    child.stdin.on('error', () => undefined);
    if (stdin === undefined || typeof stdin === 'string') child.stdin.end(stdin ?? '');
    else stdin.stream.pipe(child.stdin);
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
