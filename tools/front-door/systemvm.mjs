// `./strata systemvm build | status | install | upgrade | ssh`: the template that system VMs and routers are made from, and a way into them.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { commandLine } from './command-line-process.mjs';
import { alone, dataOption, installationAt, main, prepareInstallation, Refusal } from './installation.mjs';
import { buildObstacle, builtImage, ensureImage, isOfTheseSources } from './system-vm-image.mjs';

const actions = { build, status, install: handOver, upgrade: handOver, ssh: handOver };

await main(async () => {
  const words = process.argv.slice(2);
  const at = words.indexOf('--data');
  const [, data] = at === -1 ? [] : words.splice(at, 2);
  const [name, ...rest] = words;
  const action = actions[name];
  if (!action) throw new Refusal(`systemvm takes one of ${Object.keys(actions).join(', ')} (./strata help systemvm)`);
  return action(installationAt(data), rest, name);
});

async function build(place, words) {
  const { values } = options(words, { fresh: { type: 'boolean' } });
  await prepareInstallation(place);
  const { image, wasBuilt } = await alone(place, () => {
    console.log('==> Building the system VM template');
    return ensureImage(place, { fresh: values.fresh });
  });
  console.log(`${wasBuilt ? 'Built' : 'Up to date'}: ${image.path}`);
  describe(image);
}

async function status(place, words) {
  options(words, {});
  const image = builtImage(place);
  if (!image) {
    console.log(`not built: ./strata systemvm build${dataOption(place)} makes it`);
    const obstacle = buildObstacle(place);
    if (obstacle) console.log(`here it can't be: ${obstacle}`);
    return 3;
  }
  console.log(image.path);
  describe(image);
  if (!isOfTheseSources(image)) console.log(`of older sources: ./strata systemvm build${dataOption(place)} makes it anew`);
  if ((await sha256Of(image.path)) === image.sha256) return 0;
  console.log(`damaged, its SHA-256 is another: ./strata systemvm build --fresh${dataOption(place)} makes it anew`);
  return 1;
}

/** The rest is the product's: it talks to the server and to storage. */
function handOver(place, words, name) {
  return commandLine(place, ['systemvm', name, ...words], { visible: true });
}

function describe({ version, sha256, sizeBytes }) {
  console.log(`version   ${version}\nsize      ${(sizeBytes / 1024 ** 2).toFixed(1)} MiB\nSHA-256   ${sha256}`);
}

function options(words, taken) {
  try {
    return parseArgs({ args: words, options: taken, allowPositionals: false });
  } catch (error) {
    throw new Refusal(`${error.message.split('. To specify')[0]} (./strata help systemvm shows the options)`);
  }
}

async function sha256Of(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
