// Reads the kernel's mount table and tells which of its mounts are ours.
import type { MountSpec } from '../../specs.ts';
import { uuidPattern } from '../host-strings.ts';

export interface MountEntry {
  readonly source: string;
  readonly target: string;
}

/** Parses /proc/self/mounts, newest last. Blanks and backslashes are octal there (fstab(5)). */
export function parseMountTable(text: string): MountEntry[] {
  return text.split('\n').flatMap((line) => {
    const [source, target] = line.split(' ');
    return source === undefined || target === undefined ? [] : [{ source: unescapeOctal(source), target: unescapeOctal(target) }];
  });
}

function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_match, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Ours are the network mounts right below /mnt whose folder is a uuid. */
export function ourMounts(entries: readonly MountEntry[]): MountSpec[] {
  return entries.flatMap(({ source, target }) => {
    const uuid = target.startsWith('/mnt/') ? target.slice('/mnt/'.length) : '';
    const parts = /^(\[[0-9a-fA-F:.]+\]|[^:/]+):(\/.*)$/.exec(source);
    if (!uuidPattern.test(uuid) || parts === null) return [];
    const [, server = '', path = ''] = parts;
    return [{ uuid, server: server.replace(/^\[(.*)\]$/, '$1'), path }];
  });
}

/** How mount(8) names an export: IPv6 addresses in brackets. */
export function exportSource(server: string, path: string): string {
  const bare = server.replace(/^\[(.*)\]$/, '$1');
  return `${bare.includes(':') ? `[${bare}]` : bare}:${path}`;
}
