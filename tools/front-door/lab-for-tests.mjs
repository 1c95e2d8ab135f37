// A lab of its own for the test run: other name, network and folder than the one a developer may have running.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './installation.mjs';
import { runStep } from './test-step.mjs';

const LAB = join(ROOT, 'lab/lab');

export class LabForTests {
  #wasStarted = false;

  /** @param number tells several labs of one run apart: 0 or 1 */
  constructor(folder, number) {
    this.data = join(folder, `lab-data-${number}`);
    const place = ((process.pid * 2) % 200) + number;
    this.name = `t${place}`;
    this.subnet = `10.98.${place}`;
  }

  start(limitMs) {
    this.#wasStarted = true;
    return runStep('lab: starting its hosts', [LAB, 'up', '--data', this.data, '--name', this.name, '--subnet', this.subnet], { limitMs });
  }

  /** Addresses and credentials of its hosts, as LAB_… variables. */
  environment() {
    const lines = execFileSync(LAB, ['env', '--data', this.data], { encoding: 'utf8' }).trim().split('\n');
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  async end() {
    if (this.#wasStarted)
      spawnSync(LAB, ['down', '--purge', '--data', this.data], { stdio: ['ignore', 'inherit', 'inherit'], timeout: 120_000 });
  }
}
