// What the console proxy serves: its page and noVNC's modules, read from the template.
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consolePagePath } from '@strata/domain';

const pageFolder = join(import.meta.dirname, '../../page');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** By the path of the URL: nothing else is ever served, whatever a request spells. */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const add = (url: string, path: string): void => {
    const type = types[/\.[a-z]+$/.exec(path)?.[0] ?? ''];
    if (type !== undefined) files.set(url, { type, body: readFileSync(path) });
  };
  for (const name of await readdir(pageFolder)) add(`/${name}`, join(pageFolder, name));
  const library = join(dirname(fileURLToPath(import.meta.resolve('@novnc/novnc'))), '..');
  for (const part of ['core', 'vendor']) {
    for (const entry of await readdir(join(library, part), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && entry.name.endsWith('.js')) add(`/novnc/${relative(library, path)}`, path);
    }
  }
  if (!files.has(consolePagePath)) throw new Error(`the page ${consolePagePath} is missing from the template`);
  return files;
}
