// Deploys a first machine the way any client would: through the signed API, by the program lab/first-vm.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from './command-line-process.mjs';
import { Refusal, ROOT } from './installation.mjs';

/** @param words further options of lab/first-vm */
export async function deployFirstMachine(place, words = []) {
  const { endpoint, key, secret } = JSON.parse(await commandLine(place, ['keys', '--json']));
  await runVisibly(join(ROOT, 'lab/first-vm'), ['--data', place.folder, ...words], {
    CLOUDSTACK_ENDPOINT: endpoint,
    CLOUDSTACK_KEY: key,
    CLOUDSTACK_SECRET: secret,
  });
}

/** Runs a program of this checkout in front of the user; refuses when it fails. */
export function runVisibly(program, words, environment = {}) {
  if (!existsSync(program)) throw new Refusal(`this checkout has no ${program}`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } });
    child.once('error', (error) => reject(new Refusal(`${program}: ${error.message}`)));
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Refusal(`${program} ${words.join(' ')} failed (${signal ?? `exit code ${code}`})`)),
    );
  });
}
