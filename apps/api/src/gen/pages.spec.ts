// The generated pages: everything declared is there, links lead somewhere, stale files are named.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { areas } from '../app.module.ts';
import { area } from '../kernel/area.ts';
import { command } from '../kernel/command/command.ts';
import { param } from '../kernel/command/param.ts';
import { field, view } from '../kernel/command/view.ts';
import { apiPages } from './api-pages.ts';
import { cliPages } from './cli-page.ts';
import { staleFiles, writeFiles } from './generated-files.ts';

const boxLid = view<{ colour: string }>('lid', { colour: field.string('its | colour', (row) => row.colour) });
const box = view<{ id: string; lids: { colour: string }[] }>('box', {
  id: field.string('the id', (row) => row.id, { roles: ['Admin'] }),
  lid: field.list('what covers it', boxLid, (row) => row.lids),
});
const openBox = command({
  name: 'openBox',
  about: 'Opens a <box>.',
  roles: ['Admin', 'User'],
  since: '1.0',
  event: 'BOX.OPEN',
  params: {
    note: param.string({ about: 'why', maxLength: 9 }),
    id: param.uuid({ required: true, about: 'which', roles: ['Admin'] }),
    tags: param.rows({ required: true, about: 'labels' }),
  },
  returns: box,
  execute: () => Promise.resolve({ id: '', lids: [] }),
});
const boxes = [area({ name: 'box', commands: [openBox] })];

const folder = mkdtempSync(join(tmpdir(), 'strata-gen-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a page says all that is declared', () => {
  expect(apiPages(boxes).get('api/box.md')).toBe(`# API: box

<!-- Written by \`npm run gen\` from the declarations of the commands: change those, not this file. -->

[All commands](README.md)

## openBox

Opens a &lt;box>.

- Roles: Admin, User
- Execution: synchronous
- Event: \`BOX.OPEN\`
- Since: 1.0
- Answer: openboxresponse.box: one object

| Parameter | Type | Required | Meaning |
| --- | --- | --- | --- |
| \`id\` | uuid | yes | which (only for Admin) |
| \`tags\` | map | yes | labels |
| \`note\` | string, at most 9 characters |  | why |

| Answer field | Type | Meaning |
| --- | --- | --- |
| \`id\` | string | the id (only for Admin) |
| \`lid\` | list | what covers it |
| \`lid[].colour\` | string | its \\| colour |
`);
  expect(cliPages(boxes).get('cli/README.md')).toContain(`# Opens a <box>.\ncs openBox id=uuid 'tags[0].KEY=VALUE'\n`);
});

it('the real pages name every command and link only to what is there', () => {
  const pages = apiPages(areas);
  const index = pages.get('api/README.md')!;
  const links = [...index.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
  expect(links.length).toBeGreaterThan(areas.flatMap(({ commands }) => commands).length);
  for (const [, path, anchor] of links) {
    expect([...pages.keys()]).toContain(`api/${path}`);
    if (anchor) expect(pages.get(`api/${path}`)!.toLowerCase()).toContain(`\n## ${anchor}\n`);
  }
  for (const { name, commands } of areas)
    for (const command of commands) expect(pages.get(`api/${name}.md`)).toContain(`\n## ${command.name}\n`);
});

it('missing, changed and surplus files are stale until they are written', () => {
  const files = new Map([
    ['api/a.md', 'a'],
    ['api/b.md', 'b'],
    ['cli/c.md', 'c'],
  ]);
  mkdirSync(join(folder, 'api'));
  writeFileSync(join(folder, 'api/a.md'), 'a');
  writeFileSync(join(folder, 'api/b.md'), 'older');
  writeFileSync(join(folder, 'api/gone.md'), 'x');
  expect(staleFiles(folder, files)).toEqual(['api/b.md', 'api/gone.md', 'cli/c.md']);
  writeFiles(folder, files);
  expect(staleFiles(folder, files)).toEqual([]);
});
