// What the simulated world holds, read from its journal as somebody at the storage server would see it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestServer } from './test-server.ts';

interface JournalLine {
  readonly do: string;
  readonly host?: string;
  readonly uuid?: string;
  readonly server?: string;
  readonly export?: string;
  readonly path?: string;
}

function journalOf(server: TestServer): JournalLine[] {
  const text = readFileSync(join(server.config.dataFolder, 'simulator.journal'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}

/** `server:/export/path/of/file`, sorted. */
export function simulatedFiles(server: TestServer): string[] {
  const files = new Set<string>();
  for (const line of journalOf(server)) {
    const name = `${line.server}:${line.export}/${line.path}`;
    if (line.do === 'file') files.add(name);
    if (line.do === 'removeFile') files.delete(name);
  }
  return [...files].sort();
}

/** `host server:/export`, sorted. */
export function simulatedMounts(server: TestServer): string[] {
  const mounts = new Map<string, string>();
  for (const line of journalOf(server)) {
    if (line.do === 'mount') mounts.set(`${line.host} ${line.uuid}`, `${line.host} ${line.server}:${line.path}`);
    if (line.do === 'unmount') mounts.delete(`${line.host} ${line.uuid}`);
  }
  return [...mounts.values()].sort();
}
