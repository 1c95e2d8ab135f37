// `./strata doctor [TARGET…]`: checks this server, hosts and NFS exports without adding or changing them. Exit code 1 on any red.
import type { CheckResult } from '@strata/domain';
import { readTarget, type DoctorTarget } from './doctor-targets.ts';
import { checkThisMachine } from './local-checks.ts';
import { readPassword } from './read-password.ts';
import { ApiError, ServerDown } from './system-client.ts';
import { checkLines, checkSum } from './tables.ts';
import { CommandLineError } from './command-line-error.ts';
import { readWords, type Installation } from './terms.ts';

const timeoutMs = 180_000;
/** Of the API: what the request needs does not answer. */
const unavailable = 534;

export async function runDoctorCommand(words: string[], installation: Installation): Promise<number> {
  const { values, positionals } = readWords(words, { json: { type: 'boolean' } });
  const targets = positionals.map(readTarget);
  const results: CheckResult[] = [];
  for (const target of targets.length > 0 ? targets : [undefined]) {
    if (!values.json && target) console.log(`${target.kind === 'nfs' ? target.url : `${target.username}@${target.host}`}:`);
    const found = await check(target, installation);
    results.push(...found);
    if (!values.json) for (const line of checkLines(found, process.stdout.isTTY === true)) console.log(line);
  }
  console.log(values.json ? JSON.stringify(results, null, 2) : checkSum(results));
  return results.some((result) => result.level === 'red') ? 1 : 0;
}

/** The server checks where it runs; without it this machine and its way to the export can still be looked at. */
async function check(target: DoctorTarget | undefined, installation: Installation): Promise<CheckResult[]> {
  try {
    // A cheap call first: nobody wants to type a password for a server that is down.
    await installation.client.call('listCapabilities');
    const { checkresult = [] } = (await installation.client.call('runDoctor', await parametersOf(target), timeoutMs)) as {
      checkresult?: CheckResult[];
    };
    return checkresult;
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === unavailable && target === undefined)
      return checkThisMachine(target, installation, error.message);
    if (!(error instanceof ServerDown)) throw error;
    if (target?.kind === 'host')
      throw new CommandLineError(
        `hosts are checked by the management server, which does not run: start it with ./strata up${installation.dataOption}`,
        { cause: error },
      );
    return checkThisMachine(target, installation);
  }
}

async function parametersOf(target: DoctorTarget | undefined): Promise<Record<string, string | undefined>> {
  if (target === undefined) return {};
  if (target.kind === 'nfs') return { nfs: target.url };
  const password = await readPassword(`Password of ${target.username}@${target.host} (empty: the management key): `);
  return { host: target.host, username: target.username, password };
}
