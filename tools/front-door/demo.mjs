// `./strata demo`: a zone with two simulated hosts, storage and a template, and a machine that runs on them. It can be repeated.
import { dataOption, installationAt, main, readOptions, Refusal, runningServer } from './installation.mjs';
import { deployFirstMachine } from './first-machine.mjs';

await main(async () => {
  const place = installationAt(readOptions().data);
  if (!runningServer(place)) throw new Refusal(`the management server does not run: start it with ./strata up${dataOption(place)}`);
  console.log('==> Building a simulated zone through the API (lab/first-vm --simulated)');
  await deployFirstMachine(place, ['--simulated']);
  console.log(`Look around:        eval "$(./strata keys${dataOption(place)})", then cs listVirtualMachines and cs listHosts`);
});
