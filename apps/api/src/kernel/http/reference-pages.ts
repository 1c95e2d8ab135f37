// The API reference as web pages: plain HTML made from the declarations, without scripts or anything from elsewhere.
import type { CommandReference } from '../command/reference.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
a{color:#0b5cad}code{font:0.9em ui-monospace,monospace}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #d5dce3}th{font-weight:600}
@media(prefers-color-scheme:dark){body{color:#dde5ec;background:#12181f}a{color:#7cb8f5}th,td{border-color:#33404d}}`;

/** Nothing may be loaded or run but the style above, which stands in the page. */
export const referencePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>${body}</body></html>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]) => `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${cells('th', head)}${rows.map((row) => cells('td', row)).join('')}</table>`;
}

const code = (text: string) => `<code>${escapeHtml(text)}</code>`;

/** All commands with a link each. @param folder where the pages of single commands are, without a slash at its end */
export function indexPage(commands: readonly CommandReference[], folder: string): string {
  const rows = commands.map(({ name, about, roles }) => [
    `<a href="${folder}/${encodeURIComponent(name)}">${code(name)}</a>`,
    escapeHtml(about),
    escapeHtml(roles),
  ]);
  const intro = `<p>${commands.length} commands at <code>/client/api</code>, by GET or POST. The command is the parameter <code>command</code>; <code>response=json</code> asks for JSON instead of XML.</p>`;
  return page('Strata API', `<h1>Strata API</h1>${intro}${table(['Command', 'What it does', 'For'], rows)}`);
}

export function commandPage(command: CommandReference, folder: string): string {
  const facts = [
    ['For', command.roles],
    ['Execution', command.execution],
    ...(command.event === undefined ? [] : [['Event', command.event]]),
    ['Answer', command.answer],
  ];
  const params = command.params.map(({ name, type, required, about }) => [
    code(name),
    escapeHtml(type),
    required ? 'yes' : '',
    escapeHtml(about),
  ]);
  const fields = command.fields.map(({ path, type, about }) => [code(path), escapeHtml(type), escapeHtml(about)]);
  const body = [
    `<p><a href="${folder}">All commands</a></p><h1>${code(command.name)}</h1><p>${escapeHtml(command.about)}</p>`,
    `<ul>${facts.map(([name, text]) => `<li>${name}: ${escapeHtml(text!)}</li>`).join('')}</ul>`,
    params.length === 0 ? '<p>No parameters.</p>' : `<h2>Parameters</h2>${table(['Name', 'Type', 'Required', 'Meaning'], params)}`,
    fields.length === 0 ? '' : `<h2>Answer</h2>${table(['Field', 'Type', 'Meaning'], fields)}`,
  ];
  return page(`${command.name} – Strata API`, body.join(''));
}
