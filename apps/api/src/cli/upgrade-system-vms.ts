// `./strata systemvm upgrade`: the built template goes to every secondary storage, then machines of older ones are replaced one by one.
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandLineError } from './command-line-error.ts';
import { installThroughServer } from './install-system-vm-template.ts';
import { type Body, type SystemClient, textIn } from './system-client.ts';
import { systemVmTemplateFile } from './system-vm-template-file.ts';
import { type Installation, readOptions } from './terms.ts';

const options = { 'template-only': { type: 'boolean' } } as const;
const patienceMs = 10 * 60_000;
const pollMs = 2_000;

const kinds = [
  { list: 'listSystemVms', key: 'systemvm', destroy: 'destroySystemVm' },
  { list: 'listRouters', key: 'router', destroy: 'destroyRouter' },
] as const;
type Kind = (typeof kinds)[number];

export async function upgradeSystemVms(words: string[], installation: Installation): Promise<number> {
  const values = readOptions(words, options);
  const { client } = installation;
  const file = await systemVmTemplateFile(undefined, installation);
  const stores = ((await client.call('listImageStores'))['imagestore'] ?? []) as Body[];
  const writable = stores.filter((store) => store['readonly'] !== true);
  if (writable.length === 0) throw new CommandLineError('there is no secondary storage that takes files: add one with addImageStore');
  const current = new Set<string>();
  for (const store of writable) current.add(await installThroughServer(client, file, textIn(store, 'url') ?? ''));
  if (values['template-only']) return 0;
  let replaced = 0;
  for (const kind of kinds)
    for (const machine of await machinesOf(client, kind)) {
      if (current.has(textIn(machine, 'templateid') ?? '')) continue;
      await replace(client, kind, machine, current);
      replaced += 1;
    }
  console.log(replaced === 0 ? 'Every system machine is of this version' : `Replaced: ${replaced}`);
  return 0;
}

async function machinesOf(client: SystemClient, { list, key }: Kind): Promise<Body[]> {
  return ((await client.call(list, { listall: 'true' }))[key] ?? []) as Body[];
}

/** Waits for the successor, so that one machine at a time is away. */
async function replace(client: SystemClient, kind: Kind, machine: Body, current: ReadonlySet<string>): Promise<void> {
  const started = Date.now();
  const name = textIn(machine, 'name') ?? '';
  const before = new Set((await machinesOf(client, kind)).map((one) => textIn(one, 'id')));
  const tell = (line: string): void => console.log(`    ${Math.round((Date.now() - started) / 1000)} s  ${line}`);
  await client.run(kind.destroy, { id: textIn(machine, 'id') }, { onStart: () => console.log(`Replacing ${name}`), onWait: () => {} });
  tell(`${name} is gone`);
  for (;;) {
    const heir = (await machinesOf(client, kind)).find(
      (one) =>
        !before.has(textIn(one, 'id')) &&
        current.has(textIn(one, 'templateid') ?? '') &&
        (['zoneid', 'systemvmtype'] as const).every((field) => one[field] === machine[field]),
    );
    if (heir && textIn(heir, 'state') === 'Running' && [undefined, 'Up'].includes(textIn(heir, 'agentstate')))
      return tell(`${textIn(heir, 'name') ?? 'its successor'} runs`);
    if (Date.now() - started > patienceMs)
      throw new CommandLineError(`nothing runs in place of ${name} after ${patienceMs / 60_000} minutes: listAlerts says why`);
    await sleep(pollMs);
  }
}
