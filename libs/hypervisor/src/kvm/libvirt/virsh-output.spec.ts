// virsh's output as real hosts print it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMachineList, virshFailure } from './virsh-output.ts';

const golden = (name: string): string => readFileSync(join(import.meta.dirname, 'golden', name), 'utf8');

describe('parseMachineList', () => {
  it('reads transient, defined and paused machines, also with blanks in their names', () => {
    expect(parseMachineList(golden('machine-list.debian-12.txt'))).toEqual([
      { uuid: 'bb35763c-fb52-4374-9c27-83b2e42b7f49', name: 'with blank', power: 'running' },
      { uuid: '88cbc76c-cb0c-4176-bf98-1d0210e4c778', name: 'i-2-1-VM', power: 'paused' },
      { uuid: '48d6025b-e33b-4905-90f3-c319e825a46c', name: 'defd', power: 'stopped' },
    ]);
  });

  it('reads an empty host', () => {
    expect(parseMachineList('\n==\n\n==\n\n')).toEqual([]);
    expect(parseMachineList('')).toEqual([]);
  });
});

describe('virshFailure', () => {
  const kindOf = (stderr: string): string => virshFailure('do it', { exitCode: 1, stdout: '', stderr }).kind;

  it.each([
    ["error: failed to get domain 'nope'", 'missing'],
    ["error: Failed to destroy domain 'defd'\nerror: Requested operation is not valid: domain is not running", 'missing'],
    [
      "error: Failed to create domain from /dev/stdin\nerror: Cannot access storage file '/mnt/x/v.qcow2': No such file or directory",
      'missing',
    ],
    ["error: Failed to create domain from /dev/stdin\nerror: Cannot get interface MTU on 'nobr0': No such device", 'missing'],
    [
      "error: Failed to create domain from /dev/stdin\nerror: operation failed: domain 'a' already exists with uuid 88cbc76c-cb0c-4176-bf98-1d0210e4c778",
      'refused',
    ],
    ["error: Failed to create domain from /dev/stdin\nerror: Requested operation is not valid: domain 'a' is already active", 'refused'],
    [
      "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
      'unreachable',
    ],
    [
      'error: internal error: process exited while connecting to monitor: Failed to get "write" lock\nIs another process using the image [/mnt/x]?',
      'busy',
    ],
    ['error: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainDestroy)', 'busy'],
    ["error: unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support virt type 'kvm'", 'unsupported'],
    ['error: something never seen', 'bug'],
    ['', 'bug'],
  ])('%s is %s', (stderr, kind) => {
    expect(kindOf(stderr)).toBe(kind);
  });

  it('keeps what virsh said, in one line', () => {
    const failure = virshFailure('stop machine a', { exitCode: 1, stdout: '', stderr: 'error: one\nerror: two\n' });
    expect(failure.message).toBe('libvirt could not stop machine a: one; two');
  });
});
