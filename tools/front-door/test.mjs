// `./strata test`: every suite on this machine, one after the other; the last line is the sum over all of them.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installationAt, main, ROOT } from './installation.mjs';
import { LabSuite } from './lab-suite.mjs';
import { builtImage } from './system-vm-image.mjs';
import { endEverything, runStep } from './test-step.mjs';
import { countVitest } from './test-sum.mjs';

const MINUTE = 60_000;
const TOTAL_LIMIT_MS = 60 * MINUTE;

await main(async () => {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'strata-test-'));
  const lab = new LabSuite(folder);
  const results = [];
  let stopped = '';
  const stop = (why) => {
    stopped ||= why;
    endEverything();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  const deadline = setTimeout(() => stop(`the limit of ${TOTAL_LIMIT_MS / MINUTE} minutes for all suites`), TOTAL_LIMIT_MS);

  const record = (name, { passed, failed, skipped = 0, note = '' }) => results.push({ name, passed, failed, skipped, note });
  /** A suite that is one command: it passes or fails as a whole. */
  const whole = async (name, words, limitMs) => {
    if (stopped) return record(name, { passed: 0, failed: 1, note: `not run: ${stopped}` });
    const { code, note } = await runStep(name, words, { limitMs });
    return record(name, code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, note });
  };
  const vitest = async (project, limitMs, env = {}) => {
    if (stopped) return record(project, { passed: 0, failed: 1, note: `not run: ${stopped}` });
    const outputFile = join(folder, `${project}.json`);
    const words = ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
    const { code, note } = await runStep(project, words, { limitMs, env });
    return record(project, { note, ...countVitest(outputFile, code) });
  };

  try {
    await whole('build', ['npm', 'run', '--silent', 'build'], 5 * MINUTE);
    await whole('types of the tests', ['tsc', '-p', 'apps/api/tsconfig.spec.json'], 5 * MINUTE);
    await whole('lint', ['npm', 'run', '--silent', 'lint'], 3 * MINUTE);
    if (existsSync(join(ROOT, 'apps/api/src/gen')))
      await whole('generated files', ['npm', 'run', '--silent', 'gen', '--', '--check'], 2 * MINUTE);
    await vitest('unit', 5 * MINUTE);
    await vitest('int', 20 * MINUTE);
    // In a folder that stays: the next run needs it again only where its sources have changed.
    const images = installationAt(join(tmpdir(), 'strata-systemvm-for-tests'));
    if (!process.env.STRATA_SYSTEMVM_IMAGE)
      await whole('system VM template', [join(ROOT, 'strata'), 'systemvm', 'build', '--data', images.folder], 5 * MINUTE);
    const image = builtImage(images);
    if (stopped) record('lab', { passed: 0, failed: 1, note: `not run: ${stopped}` });
    else {
      const env = image ? { STRATA_SYSTEMVM_IMAGE: image.path } : {};
      for (const { name, ...result } of await lab.run({ env, limitMs: 15 * MINUTE, isStopped: () => stopped !== '' })) record(name, result);
    }
  } catch (error) {
    console.error(error);
    record('the test run itself', { passed: 0, failed: 1, note: error.message });
  } finally {
    clearTimeout(deadline);
    await lab.end();
    endEverything();
    rmSync(folder, { recursive: true, force: true });
  }

  console.log(`\n==> ${Math.round((Date.now() - started) / 1000)} s in all`);
  for (const { name, passed, failed, skipped, note } of results) {
    const extra = [skipped ? `${skipped} skipped` : '', note].filter(Boolean).join('; ');
    console.log(
      `    ${name.padEnd(58)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed${extra ? `   ${extra}` : ''}`,
    );
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 ? 1 : 0;
});
