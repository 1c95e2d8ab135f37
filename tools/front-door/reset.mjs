// `./strata reset`: empties the database of an installation. Machines on hosts are listed and left alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { createConnection } from 'mysql2/promise';
import {
  alone,
  dataOption,
  installationAt,
  main,
  prepareInstallation,
  readOptions,
  Refusal,
  rememberedOptions,
  rememberOptions,
  runningServer,
} from './installation.mjs';
import { linesOfMachinesLeft, machinesLeft } from './machines-left.mjs';
import { ensureDatabase, startServer, stopServer } from './server.mjs';

await main(async () => {
  const given = readOptions({ yes: { type: 'boolean' } });
  const place = installationAt(given.data);
  if (!existsSync(place.options) && !existsSync(place.database)) throw new Refusal(`there is no installation in ${place.folder}`);
  await prepareInstallation(place);
  await alone(place, async () => {
    const database = await ensureDatabase(place);
    try {
      await reset(place, database.url, given.yes);
    } finally {
      if (database.wasStarted && !runningServer(place)) await database.stop();
    }
  });
});

async function reset(place, databaseUrl, isConfirmed) {
  const server = runningServer(place);
  const left = await machinesLeft(place, () => connect(databaseUrl));
  console.log('This deletes every account, zone, host, template and machine record of this installation.');
  for (const line of linesOfMachinesLeft(left)) console.log(line);
  if (!isConfirmed) await confirm();
  if (server) {
    console.log('==> Stopping the management server');
    await stopServer(place);
  }
  console.log('==> Emptying the database');
  await recreate(databaseUrl);
  rememberOptions(place, { ...rememberedOptions(place), isPasswordChanged: false });
  if (server) {
    console.log('==> Starting the management server');
    await startServer(place, rememberedOptions(place), databaseUrl);
  }
  console.log(
    `Done: the database is as before the first start${left.guests.length + left.systemMachines.length > 0 ? '; the machines listed above are untouched' : ''}`,
  );
  const here = dataOption(place);
  console.log(`    The user admin has the password "password" again; keys are new: ./strata keys${here}`);
  const journal = join(place.folder, 'simulator.journal');
  if (existsSync(journal)) {
    console.log(
      `    Simulated hosts still hold what they held. To begin with empty ones: ./strata down${here}; rm ${journal}; ./strata up${here}`,
    );
  }
}

async function confirm() {
  if (!process.stdin.isTTY) throw new Refusal('reset asks before it deletes; without a terminal say --yes');
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question('Type "reset" to go on: ');
  prompt.close();
  if (answer.trim() !== 'reset') throw new Refusal('nothing was changed');
}

async function recreate(databaseUrl) {
  const main = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const connection = await connect(databaseUrl, { database: undefined });
  try {
    for (const database of [main, `${main}_usage`]) {
      const name = connection.escapeId(database, true);
      await connection.query(`DROP DATABASE IF EXISTS ${name}`);
      await connection.query(`CREATE DATABASE ${name}`);
    }
  } finally {
    await connection.end();
  }
}

async function connect(databaseUrl, changes = {}) {
  const url = new URL(databaseUrl);
  try {
    return await createConnection({
      host: url.hostname,
      port: Number(url.port || 3306),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      connectTimeout: 10_000,
      ...changes,
    });
  } catch (error) {
    throw new Refusal(`the database at ${url.host} does not let us in: ${error.message}`);
  }
}
