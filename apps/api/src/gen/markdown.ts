// Pieces of Markdown, with what comes from declarations escaped.

export const generatedNote = '<!-- Written by `npm run gen` from the declarations of the commands: change those, not this file. -->';

/** Text that stays one line and one table cell, and is no markup. */
export function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<*]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`));
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((text) => (text.startsWith('`') ? text : cell(text))).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
