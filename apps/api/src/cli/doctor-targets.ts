// What `./strata doctor` may be pointed at: hosts and NFS exports.
import { parseStorageUrl } from '@strata/domain';
import { CommandLineError } from './command-line-error.ts';

export type DoctorTarget =
  | { readonly kind: 'host'; readonly host: string; readonly username: string }
  | { readonly kind: 'nfs'; readonly url: string; readonly server: string; readonly path: string };

/**
 * `nfs://server/path`, `user@host`, `host`, each host with `:port` when it is not 22.
 * @throws Problem or CommandLineError that says how to write it
 */
export function readTarget(word: string): DoctorTarget {
  if (word.startsWith('nfs://')) {
    const { server, path } = parseStorageUrl(word, 'the address');
    return { kind: 'nfs', url: word, server, path };
  }
  const [, username = 'root', host] = /^(?:([^@\s/]+)@)?([^@\s/]+)$/.exec(word) ?? [];
  if (!host) throw new CommandLineError(`"${word}" is neither USER@HOST[:PORT] nor nfs://SERVER/PATH`);
  return { kind: 'host', host, username };
}
