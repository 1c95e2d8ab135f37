// The specs on real hosts: two labs at once, each taking the next spec file when it is done with one.
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './installation.mjs';
import { LabForTests } from './lab-for-tests.mjs';
import { runStep } from './test-step.mjs';
import { countVitest } from './test-sum.mjs';

const MINUTE = 60_000;
/** As many as the smallest machine has cores: a guest under emulation keeps one busy while it boots. */
const LABS = 2;

export class LabSuite {
  #folder;
  #labs;

  constructor(folder) {
    this.#folder = folder;
    this.#labs = Array.from({ length: LABS }, (_, number) => new LabForTests(folder, number));
  }

  /** One result per spec file. `isStopped` ends the suite between two files. */
  async run({ env, limitMs, isStopped }) {
    const files = globSync('{apps,libs,systemvm,tools}/**/*.lab.spec.ts', { cwd: ROOT, exclude: (path) => path.includes('node_modules') });
    // Long ones first, so that both labs end at about the same time.
    const queue = files.map((file) => ({ file, size: statSync(join(ROOT, file)).size })).toSorted((a, b) => b.size - a.size);
    const results = [];
    const serve = async (lab) => {
      const { code, note } = await lab.start(8 * MINUTE);
      if (code !== 0) return results.push({ name: `lab ${lab.name}`, passed: 0, failed: 1, note });
      for (let next = queue.shift(); next && !isStopped(); next = queue.shift()) {
        results.push(await this.#runFile(next.file, { limitMs, env: { ...env, ...lab.environment(), STRATA_LAB_DATA: lab.data } }));
      }
    };
    await Promise.all(this.#labs.map(serve));
    for (const { file } of queue) results.push({ name: file, passed: 0, failed: 1, note: 'not run' });
    return results;
  }

  async #runFile(file, { limitMs, env }) {
    const outputFile = join(this.#folder, `${file.replaceAll('/', '_')}.json`);
    const words = ['vitest', 'run', '--project', 'lab', '--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`, file];
    const { code, note } = await runStep(`lab: ${file}`, words, { limitMs, env });
    return { name: file, note, ...countVitest(outputFile, code) };
  }

  async end() {
    for (const lab of this.#labs) await lab.end();
  }
}
