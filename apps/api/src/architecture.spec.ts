// Rules of the house that lint cannot see: what files are called, what they hold, and that areas list all of it.
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getMetadataArgsStorage } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { areas } from './app.module.ts';
import type { Area } from './kernel/area.ts';
import type { Command } from './kernel/command/command.ts';

const folder = join(import.meta.dirname, 'areas');
const kebab = (name: string) => name.replace(/[A-Z]+(?![a-z])|[A-Z]/g, (capitals) => `-${capitals.toLowerCase()}`);
const commands = areas.flatMap((area) => area.commands);

async function exportsOf(pattern: string): Promise<{ file: string; area: Area | undefined; values: [string, unknown][] }[]> {
  const files = globSync(pattern, { cwd: folder }).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>;
      return { file, area: areas.find(({ name }) => name === dirname(file)), values: Object.entries(module) };
    }),
  );
}

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'envelope' in value && 'params' in value;

describe('a command file', async () => {
  const files = await exportsOf('*/*.command.ts');

  it('holds one command, called as the file and listed in its area', () => {
    for (const { file, area, values } of files) {
      const found = values.filter(([, value]) => isCommand(value)) as [string, Command][];
      expect(
        found.map(([name]) => name),
        file,
      ).toHaveLength(1);
      const [exportName, command] = found[0]!;
      expect(command.name, file).toBe(exportName);
      expect(`${kebab(command.name)}.command.ts`).toBe(basename(file));
      expect(area?.commands, `${file} is not listed in area.ts`).toContain(command);
    }
  });

  it('is where every command lives', () => {
    expect(files.map(({ file }) => basename(file)).sort()).toEqual(commands.map(({ name }) => `${kebab(name)}.command.ts`).sort());
  });
});

describe('an area', () => {
  it('is a folder of its name, listed in app.module.ts', () => {
    const folders = globSync('*/area.ts', { cwd: folder }).map(dirname).sort();
    expect(areas.map(({ name }) => name).sort()).toEqual(folders);
  });

  it.each([
    ['sagas', '*/*.saga.ts', (value: unknown) => typeof value === 'object' && value !== null && 'steps' in value],
    ['reconcilers', '*/*.reconciler.ts', (value: unknown) => typeof value === 'object' && value !== null && 'everyMs' in value],
    ['entities', '*/*.entity.ts', (value: unknown) => getMetadataArgsStorage().tables.some(({ target }) => target === value)],
    ['settings', '*/*.ts', (value: unknown) => typeof value === 'object' && value !== null && 'initial' in value && 'scopes' in value],
  ] as const)('lists its %s', async (kind, pattern, isOne) => {
    const files = await exportsOf(kind === 'settings' ? '*/!(*.spec).ts' : pattern);
    let found = 0;
    for (const { file, area, values } of files) {
      for (const [name, value] of values.filter(([, value]) => isOne(value))) {
        found += 1;
        const listed: readonly unknown[] = area?.[kind] ?? [];
        expect(listed.includes(value), `${name} of ${file} is not listed among the ${kind} of its area`).toBe(true);
      }
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('a command', () => {
  it.each(commands.map((command) => [command.name, command] as const))(
    '%s is declared so that it can be called and read',
    (_name, command) => {
      expect(command.name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(command.about).toMatch(/^[A-Z].*\.$/);
      for (const [name, param] of Object.entries(command.params)) {
        // Names are looked up in lower case: another spelling could never be sent.
        expect(name).toMatch(/^[a-z][a-z0-9.]*$/);
        expect(param.about, name).not.toBe('');
        expect(/password|secret/.test(name) && param.type === 'string' && !param.secret, `${name} is not declared secret`).toBe(false);
      }
      // Who only reads writes no event, and the other way round.
      expect(command.readOnly).toBe(command.event === undefined);
      if (command.readOnly) expect(command.async).toBe(false);
      // What is uploaded gets its row with the parameters: the names are the field's.
      if (/^(list|get(?!UploadParamsFor)|find|query)[A-Z]/.test(command.name)) expect(command.readOnly).toBe(true);
    },
  );
});
