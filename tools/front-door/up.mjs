// `./strata up`: starts what does not run of an installation: database, management server, and with --lab its hosts and a first machine.
import { join } from 'node:path';
import { deployFirstMachine, runVisibly } from './first-machine.mjs';
import {
  alone,
  buildFingerprint,
  dataOption,
  installationAt,
  main,
  prepareInstallation,
  Refusal,
  rememberedOptions,
  rememberOptions,
  ROOT,
  runningServer,
  urlFor,
} from './installation.mjs';
import { ensureDatabase, placeOfDatabase, requireFreePort, startServer, stopServer } from './server.mjs';
import { ensureImage } from './system-vm-image.mjs';
import { isFirstPassword, serverWorks } from './system-caller.mjs';
import { readUpOptions } from './up-options.mjs';

const SILENT = 'it does not answer';

await main(async () => {
  const { data, chosen } = readUpOptions();
  const place = installationAt(data);
  await prepareInstallation(place);
  const options = { ...rememberedOptions(place), ...chosen };

  await alone(place, async () => {
    await ensureRunning(place, options);
    await ensureSystemVmImage(place);
  });
  if (chosen.lab) await startLab(place);
  await welcome(place, options);
});

/** Looks at each part by itself: any of them may have died alone. */
async function ensureRunning(place, options) {
  const remembered = rememberedOptions(place);
  const before = runningServer(place);
  if (!before || options.port !== remembered.port) await requireFreePort(options);
  const database = await ensureDatabase(place);
  const running = runningServer(place);
  const why = running && (await reasonToRestart(place, running, options, remembered, database));
  if (running && !why) {
    console.log(`==> The management server already runs (pid ${running.pid})`);
    return;
  }
  if (running) {
    console.log(`==> Restarting the management server: ${why}`);
    await stopServer(place, why === SILENT ? 5_000 : undefined);
  }
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

async function reasonToRestart(place, running, options, remembered, database) {
  if (running.build !== buildFingerprint()) return 'its code has changed';
  if (['port', 'listen', 'lab'].some((key) => options[key] !== remembered[key])) return 'its options have changed';
  if (running.database !== placeOfDatabase(database.url)) return 'its database is at another place now';
  return (await serverWorks(place)) ? undefined : SILENT;
}

/** A server without it is of use all the same: for simulated hosts, and for storage that holds a template already. */
async function ensureSystemVmImage(place) {
  try {
    await ensureImage(place, { tell: tellUnder('==> Building the system VM template, once') });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.log(`==> There is no system VM template yet, which zones with real hosts need: ${error.message}
    ./strata systemvm build${dataOption(place)} tries again`);
  }
}

/** Prints the headline before the first line, and none where there are no lines. */
function tellUnder(headline) {
  let isTold = false;
  return (line) => {
    if (!isTold) console.log(headline);
    isTold = true;
    console.log(line);
  };
}

/** Starts the lab's hosts, then deploys a machine on them. */
async function startLab(place) {
  console.log('==> Starting the lab');
  await runVisibly(join(ROOT, 'lab/lab'), ['up', '--data', place.folder]);
  console.log('==> Deploying a first machine through the API (lab/first-vm)');
  await deployFirstMachine(place);
}

async function welcome(place, options) {
  const here = dataOption(place);
  console.log(`
Strata answers at   ${urlFor(options)}/client/api`);
  if (await stillFirstPassword(place, options)) {
    console.log(`Log in as           admin, password "password": change it now; until then it works from this machine only`);
  }
  console.log(`API keys            ./strata keys${here}
Log                 ./strata logs -f${here}
Stop                ./strata down${here}`);
}

/** Asks until the password has been changed once, then never again. */
async function stillFirstPassword(place, options) {
  if (rememberedOptions(place).isPasswordChanged) return false;
  const isFirst = await isFirstPassword(urlFor(options));
  if (isFirst === false) rememberOptions(place, { ...options, isPasswordChanged: true });
  return isFirst;
}
