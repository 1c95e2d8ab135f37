// Runs the product's own command line (apps/api/src/cli) for an installation.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runningMariadb } from '../mariadb.mjs';
import { dataOption, Refusal, rememberedOptions, ROOT, urlFor } from './installation.mjs';
import { productNode } from './server.mjs';

/** Gives back what it printed, or with `visible` its exit code. */
export function commandLine(place, words, { visible = false } = {}) {
  const options = rememberedOptions(place);
  const databaseUrl = process.env.STRATA_DATABASE_URL ?? runningMariadb(place.database)?.url;
  return new Promise((resolve, reject) => {
    const child = spawn(productNode(), ['--enable-source-maps', join(ROOT, 'apps/api/dist/cli/main.js'), ...words], {
      cwd: process.env.STRATA_INVOKED_FROM ?? ROOT,
      stdio: [visible ? 'inherit' : 'ignore', visible ? 'inherit' : 'pipe', 'inherit'],
      env: {
        ...process.env,
        STRATA_DATA: place.folder,
        STRATA_DATA_OPTION: dataOption(place),
        STRATA_URL: urlFor(options),
        ...(databaseUrl && { STRATA_DATABASE_URL: databaseUrl }),
      },
    });
    let printed = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (printed += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (visible) resolve(code ?? 1);
      else if (code === 0) resolve(printed);
      else reject(new Refusal(`./strata ${words.join(' ')} failed`));
    });
  });
}
