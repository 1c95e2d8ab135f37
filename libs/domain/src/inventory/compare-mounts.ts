// I9: hosts have mounted what they need, from where they should, and nothing that belongs to no storage.
import type { Difference } from './difference.ts';

export interface Mounted {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
}

/** Undefined mounts: the host could not be asked, which is a difference elsewhere. */
export interface HostMounts {
  readonly host: string;
  readonly needed: readonly Mounted[];
  readonly mounted: readonly Mounted[] | undefined;
}

/** @param known uuids of all storage, primary and secondary */
export function compareMounts(hosts: readonly HostMounts[], known: ReadonlySet<string>): Difference[] {
  return hosts.flatMap(({ host, needed, mounted }) => {
    if (!mounted) return [];
    const byUuid = new Map(mounted.map((mount) => [mount.uuid, mount]));
    const wrong = needed.flatMap((mount): Difference[] => {
      const found = byUuid.get(mount.uuid);
      if (found?.server === mount.server && found.path === mount.path) return [];
      return [
        {
          check: 'I9.mounts',
          subject: `host ${host}, mount ${mount.uuid}`,
          expected: text(mount),
          found: found ? text(found) : 'not mounted',
        },
      ];
    });
    const extra = mounted
      .filter(({ uuid }) => !known.has(uuid))
      .map((mount): Difference => ({
        check: 'I9.mounts',
        subject: `host ${host}, mount ${mount.uuid}`,
        expected: 'not mounted',
        found: text(mount),
      }));
    return [...wrong, ...extra];
  });
}

function text({ server, path }: Mounted): string {
  return `nfs://${server}${path}`;
}
