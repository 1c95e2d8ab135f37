// `./strata up`: starts the database and the management server of an installation, and with --lab its hosts and a first machine.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  alone,
  buildFingerprint,
  installationAt,
  main,
  prepareInstallation,
  readOptions,
  Refusal,
  rememberedOptions,
  rememberOptions,
  ROOT,
  runningServer,
  urlFor,
} from './installation.mjs';
import { commandLine } from './command-line-process.mjs';
import { ensureDatabase, requireFreePort, startServer, stopServer } from './server.mjs';
import { isFirstPassword } from './system-caller.mjs';

await main(async () => {
  const given = readOptions({ lab: { type: 'boolean' }, port: { type: 'string' }, listen: { type: 'string' } });
  const place = installationAt(given.data);
  await prepareInstallation(place);
  const options = { ...rememberedOptions(place), ...chosen(given) };

  await alone(place, () => ensureRunning(place, options));
  if (given.lab) await startLab(place);
  await welcome(place, options);
});

async function ensureRunning(place, options) {
  const running = runningServer(place);
  const remembered = rememberedOptions(place);
  const isSame = ['port', 'listen', 'lab'].every((key) => options[key] === remembered[key]) && running?.build === buildFingerprint();
  if (running && isSame) {
    console.log(`==> The management server already runs (pid ${running.pid})`);
    return;
  }
  if (!running || options.port !== remembered.port) await requireFreePort(options);
  if (running) {
    console.log('==> Restarting the management server: its code or options have changed');
    await stopServer(place);
  }
  console.log('==> Starting the database');
  const database = await ensureDatabase(place);
  console.log('==> Starting the management server');
  try {
    await startServer(place, options, database.url);
  } catch (error) {
    // What this command started and nobody uses does not stay behind.
    if (database.wasStarted) await database.stop();
    throw error;
  }
  rememberOptions(place, options);
}

function chosen({ port, listen, lab }) {
  const isPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  if (!isPort) throw new Refusal(`--port takes a number from 1 to 65535, not "${port}"`);
  return { ...(port !== undefined && { port: Number(port) }), ...(listen !== undefined && { listen }), ...(lab && { lab: true }) };
}

/** Starts the lab's hosts, then deploys a machine on them the way any client would: through the signed API. */
async function startLab(place) {
  console.log('==> Starting the lab');
  await runVisibly(join(ROOT, 'lab/lab'), ['up', '--data', place.folder]);
  console.log('==> Deploying a first machine through the API (lab/first-vm)');
  const keys = await commandLine(place, ['keys', '--json']);
  const { endpoint, key, secret } = JSON.parse(keys);
  await runVisibly(join(ROOT, 'lab/first-vm'), ['--data', place.folder], {
    CLOUDSTACK_ENDPOINT: endpoint,
    CLOUDSTACK_KEY: key,
    CLOUDSTACK_SECRET: secret,
  });
}

function runVisibly(program, words, environment = {}) {
  if (!existsSync(program)) throw new Refusal(`this checkout has no ${program}`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } });
    child.once('error', (error) => reject(new Refusal(`${program}: ${error.message}`)));
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Refusal(`${program} ${words.join(' ')} failed (${signal ?? `exit code ${code}`})`)),
    );
  });
}

async function welcome(place, options) {
  const here = place.folder === join(ROOT, 'var') ? '' : ` --data ${place.folder}`;
  console.log(`
Strata answers at   ${urlFor(options)}/client/api`);
  if (await isFirstPassword(urlFor(options))) {
    console.log(`Log in as           admin, password "password": change it now; until then it works from this machine only`);
  }
  console.log(`API keys            ./strata keys${here}
Log                 ./strata logs -f${here}
Stop                ./strata down${here}`);
}
