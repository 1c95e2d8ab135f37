// What may reach a host by name, and what may not.
import { describe, expect, it } from 'vitest';
import {
  checkBridge,
  checkExportPath,
  checkMachineName,
  checkPublicKey,
  checkRelativePath,
  checkServer,
  hostPath,
} from './host-strings.ts';

const hostile = ['', '../x', 'a;b', '-x', 'a\nb', '$(id)', "a'b", 'a b', 'a/../../b', 'a\0b', 'x\n'];

describe('T09 host strings', () => {
  it.each<[string, (text: string) => string]>([
    ['machine name', checkMachineName],
    ['path', checkRelativePath],
    ['bridge', checkBridge],
    ['server', checkServer],
    ['export path', checkExportPath],
    ['public key', checkPublicKey],
  ])('refuses hostile text as %s', (_what, check) => {
    for (const text of hostile) expect(() => check(text), JSON.stringify(text)).toThrow(expect.objectContaining({ kind: 'refused' }));
  });

  it('accepts what the field uses', () => {
    expect(checkMachineName('i-2-17-VM')).toBe('i-2-17-VM');
    expect(checkRelativePath('template/tmpl/1/2/a.qcow2')).toBe('template/tmpl/1/2/a.qcow2');
    for (const server of ['10.0.0.5', 'nfs1.example.org', 'fd00::5', '[fd00::5]']) expect(checkServer(server)).toBe(server);
    expect(checkExportPath('/export/primary/')).toBe('/export/primary');
    expect(checkExportPath('/')).toBe('/');
  });

  it('gives one line of a key, whatever surrounds it', () => {
    expect(checkPublicKey('ssh-ed25519 AAAAC3Nza a@b\n')).toBe('ssh-ed25519 AAAAC3Nza a@b');
    expect(() => checkPublicKey('command="x" ssh-ed25519 AAAAC3Nza')).toThrow('public key');
  });

  it('keeps files inside their mount', () => {
    const mount = { uuid: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', server: 's', path: '/e' };
    expect(hostPath({ mount, path: 'a/b' })).toBe('/mnt/3f2504e0-4f89-41d3-9a0c-0305e82c3301/a/b');
    expect(() => hostPath({ mount: { ...mount, uuid: '..' }, path: 'a' })).toThrow('uuid');
  });
});
