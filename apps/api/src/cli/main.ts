// The command line of an installation: doctor, verify, keys, template install and systemvm, as ./strata calls it.
import { join } from 'node:path';
import { Problem } from '@strata/domain';
import { runDoctorCommand } from './doctor.ts';
import { installTemplate } from './install-template.ts';
import { printKeys } from './keys.ts';
import { SystemClient } from './system-client.ts';
import { CommandLineError } from './command-line-error.ts';
import type { Installation } from './terms.ts';
import { installSystemVmTemplate } from './install-system-vm-template.ts';
import { sshToSystemVm } from './ssh-to-system-vm.ts';
import { upgradeSystemVms } from './upgrade-system-vms.ts';
import { verify } from './verify.ts';

type Subcommand = (words: string[], installation: Installation) => Promise<number>;

const subcommands: Record<string, Subcommand> = {
  doctor: runDoctorCommand,
  verify,
  keys: printKeys,
  template: (words, installation) => {
    if (words[0] !== 'install')
      throw new CommandLineError('usage: ./strata template install FILE|URL --secondary nfs://SERVER/PATH --name NAME --os-type TYPE');
    return installTemplate(words.slice(1), installation);
  },
  systemvm: ([action, ...words], installation) => {
    if (action === 'install') return installSystemVmTemplate(words, installation);
    if (action === 'upgrade') return upgradeSystemVms(words, installation);
    if (action === 'ssh') return sshToSystemVm(words, installation);
    throw new CommandLineError('usage: ./strata systemvm build | status | install | upgrade | ssh (./strata help systemvm)');
  },
};

function readInstallation(env: NodeJS.ProcessEnv): Installation {
  const folder = env['STRATA_DATA'];
  if (folder === undefined) throw new CommandLineError('STRATA_DATA is not set: start this through ./strata');
  const dataOption = env['STRATA_DATA_OPTION'] ?? '';
  return {
    folder,
    dataOption,
    url: env['STRATA_URL'] ?? 'http://127.0.0.1:8080',
    databaseUrl: env['STRATA_DATABASE_URL'],
    client: new SystemClient(join(folder, 'run', 'strata.sock'), dataOption),
  };
}

try {
  const [name = '', ...words] = process.argv.slice(2);
  const subcommand = subcommands[name];
  if (!subcommand) throw new CommandLineError(`there is no command "${name}"; there are ${Object.keys(subcommands).join(', ')}`);
  process.exitCode = await subcommand(words, readInstallation(process.env));
} catch (error) {
  // Only what nobody foresaw is shown with its stack.
  console.error(error instanceof CommandLineError || error instanceof Problem ? `strata: ${error.message}` : error);
  process.exitCode = 1;
}
