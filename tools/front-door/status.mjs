// `./strata status`: each process of the installation, and what to do about those that do not run. Exit code 3 when one does not.
import { existsSync } from 'node:fs';
import { runningMariadb } from '../mariadb.mjs';
import {
  buildFingerprint,
  dataOption,
  installationAt,
  main,
  readOptions,
  rememberedOptions,
  runningServer,
  version,
} from './installation.mjs';
import { labRuns } from './lab-state.mjs';
import { call } from './system-caller.mjs';

await main(async () => {
  const place = installationAt(readOptions().data);
  const server = runningServer(place);
  const database = existsSync(place.database) ? runningMariadb(place.database) : null;
  const cure = `./strata up${dataOption(place)} starts it`;
  const needsDatabase = !process.env.STRATA_DATABASE_URL;
  const rows = [
    ['version', version()],
    ['data folder', place.folder],
    ['server', server ? `running, pid ${server.pid}, since ${server.since}` : `stopped: ${cure}`],
  ];
  if (server) {
    rows.push(['url', `${server.url}/client/api`]);
    if (server.build !== buildFingerprint()) rows.push(['', `an older build: ./strata up${dataOption(place)} restarts it`]);
    rows.push(['hosts', await hostCount(place)]);
  }
  rows.push(['database', describeDatabase(database, cure)]);
  rows.push(['lab', labRuns(place) ? 'running' : rememberedOptions(place).lab ? 'stopped' : 'not used']);
  for (const [name, value] of rows) console.log(`${name.padEnd(13)}${value}`);
  return server && (database || !needsDatabase) ? 0 : 3;
});

function describeDatabase(database, cure) {
  if (process.env.STRATA_DATABASE_URL) return `elsewhere: ${process.env.STRATA_DATABASE_URL.replace(/\/\/[^@/]*@/, '//')}`;
  return database ? `running, pid ${database.pid}, 127.0.0.1:${database.port}` : `stopped: ${cure}`;
}

async function hostCount(place) {
  try {
    const { count = 0, host = [] } = await call(place, 'listHosts', { type: 'Routing', pagesize: '500', page: '1' });
    const up = host.filter((one) => one.state === 'Up').length;
    return host.length < count ? String(count) : `${count}, ${up} up`;
  } catch (error) {
    return `unknown (${error.message})`;
  }
}
