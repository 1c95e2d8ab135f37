// `./strata template install`: brings a template file to the server (from disk or the web) and has it put on a secondary storage.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchSource } from './fetch-source.ts';
import { textIn, type Body } from './system-client.ts';
import { CommandLineError } from './command-line-error.ts';
import { readWords, type Installation } from './terms.ts';

const options = {
  secondary: { type: 'string' },
  name: { type: 'string' },
  'os-type': { type: 'string' },
  format: { type: 'string' },
  checksum: { type: 'string' },
  hypervisor: { type: 'string' },
  'max-gib': { type: 'string', default: '50' },
} as const;

export async function installTemplate(words: string[], { client, folder }: Installation): Promise<number> {
  const { values, positionals } = readWords(words, options);
  const [source, ...more] = positionals;
  if (source === undefined || more.length > 0) throw new CommandLineError('template install takes one FILE or URL');
  const { secondary, name } = values;
  const osType = values['os-type'];
  if (!secondary || !name || !osType)
    throw new CommandLineError('template install needs --secondary nfs://SERVER/PATH, --name NAME and --os-type TYPE');
  const { count: namesakes = 0 } = await client.call('listTemplates', { templatefilter: 'all', name });
  if (Number(namesakes) > 0) console.log(`There is a template named ${name} already: who looks by name will find both`);

  const file = await fetchSource(source, join(folder, 'upload'), values['max-gib'], values.checksum);
  try {
    let shown = 0;
    const result = await client.run(
      'installTemplate',
      {
        path: file.path,
        name,
        ostype: osType,
        format: values.format ?? formatOf(source),
        secondary,
        checksum: values.checksum,
        hypervisor: values.hypervisor,
      },
      {
        onStart: () => console.log(`Installing ${name} on ${secondary}`),
        onWait: (seconds) => {
          if (seconds < shown + 5) return;
          shown = seconds;
          console.log(`    ${seconds} s`);
        },
      },
    );
    const template = (result['template'] ?? {}) as Body;
    console.log(`Installed: template ${textIn(template, 'name') ?? name}, id ${textIn(template, 'id') ?? 'unknown'}`);
    return 0;
  } finally {
    if (file.isTemporary) await rm(file.path, { force: true });
  }
}

/** The format that a file's name tells; without an ending it is taken for qcow2, and the server looks into the file anyway. */
export function formatOf(source: string): string {
  const ending = /\.(raw|img|iso|qcow2)(\?.*)?$/i.exec(source)?.[1]?.toLowerCase();
  return ending === 'raw' || ending === 'img' ? 'RAW' : ending === 'iso' ? 'ISO' : 'QCOW2';
}
