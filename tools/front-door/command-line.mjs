// `./strata keys | doctor | verify | template`: finds the installation and hands the rest to the product's command line.
import { commandLine } from './command-line-process.mjs';
import { installationAt, main } from './installation.mjs';

await main(() => {
  const words = process.argv.slice(2);
  const at = words.indexOf('--data');
  const [, data] = at === -1 ? [] : words.splice(at, 2);
  return commandLine(installationAt(data), words, { visible: true });
});
