// A strict reader of the XML that the API writes: refuses what a validating client would refuse.

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Without that of its children. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const token = /<\/([A-Za-z_][\w.:-]*)>|<([A-Za-z_][\w.:-]*)((?: [A-Za-z_][\w.:-]*="[^"<]*")*)(\/?)>|([^<]+)/gy;

/** @throws Error when it is not well-formed: XML 1.0, one root, balanced elements, known entities, allowed characters */
export function parseXml(text: string): XmlElement {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!text.startsWith(declaration)) throw new Error(`no XML declaration: ${text.slice(0, 60)}`);
  const top: { name: string; children: XmlElement[]; text: string } = { name: '', children: [], text: '' };
  const open = [top];
  token.lastIndex = declaration.length;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 60)}`);
    const [, closed, opened, , empty, content] = match;
    const current = open.at(-1)!;
    if (closed !== undefined) {
      if (open.length === 1 || current.name !== closed) throw new Error(`</${closed}> closes <${current.name}>`);
      open.pop();
    } else if (opened !== undefined) {
      const element = { name: opened, children: [], text: '' };
      current.children.push(element);
      if (empty === '') open.push(element);
    } else current.text += decodeText(content!);
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> is never closed`);
  if (top.children.length !== 1 || top.text !== '') throw new Error('there must be one root element and nothing beside it');
  return top.children[0]!;
}

function decodeText(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) || !text.isWellFormed())
    throw new Error(`a character that XML can not hold: ${JSON.stringify(text.slice(0, 60))}`);
  return text.replace(/&(?:#(\d+);|(\w+);)?/g, (reference, code: string | undefined, name: string | undefined) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    const character = name === undefined ? undefined : entities[name];
    if (character === undefined) throw new Error(`an unknown entity: ${reference}`);
    return character;
  });
}

/** The same tree made of the JSON form of an answer. */
export function treeOfJson(name: string, value: unknown): XmlElement {
  if (typeof value !== 'object' || value === null) return { name, children: [], text: String(value) };
  const children = Object.entries(value).flatMap(([key, item]) =>
    Array.isArray(item) ? item.map((one) => treeOfJson(key, one)) : [treeOfJson(key, item)],
  );
  return { name, children, text: '' };
}
