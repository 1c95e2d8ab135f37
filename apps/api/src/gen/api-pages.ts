// The pages of docs/api: one for each area, and an index of all commands.
import type { Area } from '../kernel/area.ts';
import { type CommandReference, referencesOf } from '../kernel/command/reference.ts';
import { cell, code, generatedNote, table } from './markdown.ts';

/** Path below docs/ → content. */
export function apiPages(areas: readonly Area[]): Map<string, string> {
  const sections = areas
    .filter((area) => area.commands.length > 0)
    .map((area) => ({ name: area.name, commands: referencesOf(area.commands) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const pages = new Map([['api/README.md', indexPage(sections)]]);
  for (const section of sections) pages.set(`api/${section.name}.md`, areaPage(section));
  return pages;
}

interface Section {
  readonly name: string;
  readonly commands: readonly CommandReference[];
}

function indexPage(sections: readonly Section[]): string {
  const total = sections.reduce((sum, { commands }) => sum + commands.length, 0);
  return [
    '# API reference',
    generatedNote,
    `${total} commands at \`/client/api\`, by GET or POST. The command is the parameter \`command\`; \`response=json\` asks for JSON instead of XML.`,
    `Command names are case-sensitive, parameter names are not. An asynchronous command answers the id of a job: ask [queryAsyncJobResult](job.md#queryasyncjobresult) for its result.`,
    ...sections.flatMap(({ name, commands }) => [
      `## [${name}](${name}.md)`,
      commands.map((command) => `- [${command.name}](${name}.md#${command.name.toLowerCase()}): ${cell(command.about)}`).join('\n'),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

function areaPage({ name, commands }: Section): string {
  return [`# API: ${name}`, generatedNote, '[All commands](README.md)', ...commands.flatMap(commandSection)].join('\n\n').concat('\n');
}

function commandSection(command: CommandReference): string[] {
  const facts = [`- Roles: ${command.roles}`, `- Execution: ${command.execution}`];
  if (command.event !== undefined) facts.push(`- Event: ${code(command.event)}`);
  facts.push(`- Since: ${command.since}`, `- Answer: ${command.answer}`);
  const sections = [`## ${command.name}`, cell(command.about), facts.join('\n')];
  if (command.params.length > 0) {
    sections.push(
      table(
        ['Parameter', 'Type', 'Required', 'Meaning'],
        command.params.map(({ name, type, required, about }) => [code(name), type, required ? 'yes' : '', about]),
      ),
    );
  }
  if (command.fields.length > 0) {
    sections.push(
      table(
        ['Answer field', 'Type', 'Meaning'],
        command.fields.map(({ path, type, about }) => [code(path), type, about]),
      ),
    );
  }
  return sections;
}
