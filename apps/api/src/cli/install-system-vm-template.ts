// `./strata systemvm install`: puts the system VM template on a secondary storage, through a host or, before a zone has it, from here.
import { formatStorageUrl, parseStorageUrl } from '@strata/domain';
import { CommandLineError } from './command-line-error.ts';
import { putIntoFolder, removeOthers, withMountedStorage } from './local-secondary-storage.ts';
import { type Body, ServerDown, type SystemClient, textIn } from './system-client.ts';
import { type SystemVmTemplateFile, systemVmTemplateFile } from './system-vm-template-file.ts';
import { type Installation, readWords } from './terms.ts';

// The short ones are those that people know from cloud-install-sys-tmplt.
const options = {
  secondary: { type: 'string' },
  mountpoint: { type: 'string', short: 'm' },
  file: { type: 'string', short: 'f' },
  url: { type: 'string', short: 'u' },
  hypervisor: { type: 'string', short: 'h' },
  force: { type: 'boolean', short: 'F' },
} as const;

export async function installSystemVmTemplate(words: string[], installation: Installation): Promise<number> {
  const { values, positionals } = readWords(words, options);
  const sources = [...positionals, values.file, values.url].filter((source) => source !== undefined);
  if (sources.length > 1)
    throw new CommandLineError('systemvm install takes one FILE or URL, or none for the template that was built here');
  if (!values.secondary && !values.mountpoint)
    throw new CommandLineError('systemvm install needs --secondary nfs://SERVER/PATH, or -m FOLDER where that is mounted');
  const hypervisor = hypervisorFrom(values.hypervisor);
  const file = await systemVmTemplateFile(sources[0], installation);
  try {
    await put(file, { ...values, hypervisor }, installation.client);
    return 0;
  } finally {
    await file.dispose();
  }
}

interface Place {
  readonly secondary?: string | undefined;
  readonly mountpoint?: string | undefined;
  readonly hypervisor: string | undefined;
  readonly force?: boolean | undefined;
}

async function put(file: SystemVmTemplateFile, { secondary, mountpoint, hypervisor, force }: Place, client: SystemClient): Promise<void> {
  if (mountpoint !== undefined) return putByHand(mountpoint, file, force);
  if (await isKnown(client, secondary!)) {
    const id = await installThroughServer(client, file, secondary!, hypervisor);
    if (force) await deleteUnused(client, [id]);
  } else await withMountedStorage(secondary!, (folder) => putByHand(folder, file, force));
}

async function putByHand(folder: string, file: SystemVmTemplateFile, force: boolean | undefined): Promise<void> {
  console.log(`Installed: ${await putIntoFolder(folder, file)}`);
  if (force) for (const name of await removeOthers(folder, file)) console.log(`Removed: ${name}`);
}

/** Gives back the template's id. */
export async function installThroughServer(
  client: SystemClient,
  file: SystemVmTemplateFile,
  secondary: string,
  hypervisor?: string,
): Promise<string> {
  let shown = 0;
  const result = await client.run(
    'installSystemTemplate',
    { path: file.path, version: file.version, checksum: file.sha256, secondary, hypervisor },
    {
      onStart: () => console.log(`Installing system VM template ${file.version} on ${secondary}`),
      onWait: (seconds) => {
        if (seconds < shown + 5) return;
        shown = seconds;
        console.log(`    ${seconds} s`);
      },
    },
  );
  const id = textIn((result['template'] ?? {}) as Body, 'id') ?? '';
  console.log(`Installed: template id ${id}; new system VMs and routers are made from it`);
  return id;
}

/** Older system VM templates that no system machine was made from. */
async function deleteUnused(client: SystemClient, kept: readonly string[]): Promise<void> {
  const list = async (command: string, key: string, more = {}): Promise<Body[]> =>
    ((await client.call(command, { listall: 'true', ...more }))[key] ?? []) as Body[];
  const machines = [...(await list('listSystemVms', 'systemvm')), ...(await list('listRouters', 'router'))];
  const used = new Set(machines.map((machine) => textIn(machine, 'templateid')));
  for (const template of await list('listTemplates', 'template', { templatefilter: 'all', templatetype: 'SYSTEM' })) {
    const id = textIn(template, 'id') ?? '';
    if (kept.includes(id) || used.has(id)) continue;
    await client.run('deleteTemplate', { id, forced: 'true' }, { onStart: () => {}, onWait: () => {} });
    console.log(`Removed: ${textIn(template, 'displaytext') ?? id}`);
  }
}

async function isKnown(client: SystemClient, url: string): Promise<boolean> {
  const place = formatStorageUrl(parseStorageUrl(url, 'secondary'));
  try {
    const stores = ((await client.call('listImageStores'))['imagestore'] ?? []) as Body[];
    return stores.some((store) => textIn(store, 'url') === place);
  } catch (error) {
    if (error instanceof ServerDown) return false;
    throw error;
  }
}

function hypervisorFrom(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const known = ['KVM', 'Simulator'].find((name) => name.toLowerCase() === text.toLowerCase());
  if (!known) throw new CommandLineError(`-h takes kvm, not "${text}": there is no system VM template for other hypervisors`);
  return known;
}
