// Background processes of ours: remembered by pid, start time and boot, so that a recycled pid is never signalled.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The kernel's start time of a process in clock ticks since boot (proc(5), field 22); null when it is gone or a zombie. */
function startTicks(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
  } catch {
    return null;
  }
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Remembers a process that this program has just started; `extra` is kept beside it. */
export function rememberProcess(file, pid, extra = {}) {
  writeFileSync(file, `${JSON.stringify({ ...extra, pid, startTicks: startTicks(pid), bootId: bootId() })}\n`, { mode: 0o600 });
}

/** What was remembered, if that very process still runs; otherwise null. */
export function runningProcess(file) {
  let record;
  try {
    record = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
  const isOurs =
    Number.isInteger(record.pid) &&
    record.bootId === bootId() &&
    startTicks(record.pid) === record.startTicks &&
    record.startTicks !== null;
  return isOurs ? record : null;
}

/** Ends the remembered process and waits until it is gone. False when it still runs after `timeoutMs`. */
export async function endProcess(file, { signal = 'SIGTERM', timeoutMs = 60_000 } = {}) {
  const record = runningProcess(file);
  if (record) {
    try {
      process.kill(record.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    const deadline = Date.now() + timeoutMs;
    while (startTicks(record.pid) === record.startTicks) {
      if (Date.now() > deadline) return false;
      await sleep(25);
    }
  }
  rmSync(file, { force: true });
  return true;
}
