// Understands what mount.nfs says when it fails; the texts are those of nfs-utils.

export type MountFailure = 'denied' | 'missing' | 'refused' | 'timedOut' | 'noClient' | 'failed';

const failures: readonly (readonly [pattern: RegExp, failure: MountFailure])[] = [
  // NFSv4 answers EPERM where NFSv3 says "access denied", for instance to a client port above 1023.
  [/access denied by server|operation not permitted|permission denied/i, 'denied'],
  [/reason given by server: no such file or directory|: no such file or directory/i, 'missing'],
  [/connection refused|program not registered|rpc service not available/i, 'refused'],
  [/no route to host|network is unreachable|timed out|not responding/i, 'timedOut'],
  [/might need a \/sbin\/mount\.<type> helper|unknown filesystem type|bad option; for several filesystems/i, 'noClient'],
];

export function mountFailureOf(text: string): MountFailure {
  return failures.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed';
}
