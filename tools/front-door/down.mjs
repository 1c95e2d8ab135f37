// `./strata down`: ends the management server, then its database; with --all the lab as well.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runningMariadb } from '../mariadb.mjs';
import { alone, dataOption, installationAt, main, readOptions, ROOT, runningServer } from './installation.mjs';
import { labRuns } from './lab-state.mjs';
import { stopServer } from './server.mjs';

await main(async () => {
  const given = readOptions({ all: { type: 'boolean' } });
  const place = installationAt(given.data);
  const server = runningServer(place);
  const database = existsSync(place.database) ? runningMariadb(place.database) : null;
  if (server || database) await alone(place, () => stop(place, server, database));
  else console.log('Nothing of this installation was running');
  if (!labRuns(place)) return 0;
  if (given.all) return spawnSync(join(ROOT, 'lab/lab'), ['down', '--data', place.folder], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
  const here = dataOption(place);
  console.log(`The lab still runs: ./strata lab down${here} (or ./strata down --all${here}) ends it`);
  return 0;
});

async function stop(place, server, database) {
  if (server) {
    console.log(`==> Stopping the management server (pid ${server.pid})`);
    await stopServer(place);
  }
  if (database) {
    console.log(`==> Stopping the database (pid ${database.pid})`);
    await database.stop();
  }
}
