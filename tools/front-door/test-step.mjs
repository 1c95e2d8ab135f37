// Runs one suite as a process group with a time limit, and ends whatever any suite left behind.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './installation.mjs';

/** Every process that a suite starts inherits this, so the ones left over can be told from everybody else's. */
const MARK = `STRATA_TEST_RUN=${randomUUID()}`;

/** The exit code and, when it failed, why in a few words. */
export function runStep(name, [program, ...words], { limitMs, env = {} }) {
  console.log(`\n==> ${name}`);
  const [markName, markValue] = MARK.split('=');
  const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: path, [markName]: markValue, ...env },
    });
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      signalGroup(child.pid, 'SIGKILL');
    }, limitMs);
    const finish = (code, note) => {
      clearTimeout(timer);
      resolve({ code, note });
    };
    child.once('error', (error) => finish(1, error.message));
    child.once('exit', (code, signal) => {
      signalGroup(child.pid, 'SIGKILL');
      if (overdue) finish(1, `ended after its limit of ${limitMs / 1000} s`);
      else finish(code ?? 1, signal ? `ended by ${signal}` : code === 0 ? '' : `exit code ${code}`);
    });
  });
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Ends every process that carries the mark of this run, wherever it went. */
export function endEverything() {
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      if (variables.includes(MARK)) process.kill(pid, 'SIGKILL');
    } catch {
      // gone already, or another user's: then it is not ours
    }
  }
}
