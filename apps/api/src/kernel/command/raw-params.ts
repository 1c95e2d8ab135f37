// The parameters of one request as sent, looked up without regard to letter case.
import { problem } from '@strata/domain';

/** Own limits: far above what any client sends, low enough that a request costs little to refuse. */
const maxParameters = 1_000;
// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u001f\u007f]/;
const indexedName = /^([^[\]]*)\[(\d{1,6})\](?:\.(.+))?$/;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function percentDecode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const bytes: number[] = [];
  const source = Buffer.from(text, 'utf8');
  for (let i = 0; i < source.length; i += 1) {
    const byte = source[i]!;
    if (byte === 0x2b) bytes.push(0x20);
    else if (byte === 0x25) {
      const hex = source.toString('latin1', i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) throw problem('invalid', 'the request holds a % that is not followed by two hexadecimal digits');
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else bytes.push(byte);
  }
  try {
    return strictUtf8.decode(Uint8Array.from(bytes));
  } catch (cause) {
    throw problem('invalid', 'the request holds text that is not valid UTF-8', { cause });
  }
}

export class RawParams {
  /** As sent, for the signature; a repeated name keeps its last value. */
  readonly sent = new Map<string, string>();
  private readonly byLowerName = new Map<string, string>();

  /** @param sources undecoded `a=b&c=d` texts: query string, then form body; later ones win */
  static parse(...sources: readonly string[]): RawParams {
    const params = new RawParams();
    for (const source of sources) {
      const pairs = source === '' ? [] : source.split('&');
      if (pairs.length > maxParameters)
        throw problem('invalid', `the request has ${pairs.length} parameters; at most ${maxParameters} are taken`);
      for (const pair of pairs) {
        if (pair === '') continue;
        const equals = pair.indexOf('=');
        const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals));
        params.set(name, equals < 0 ? '' : percentDecode(pair.slice(equals + 1)));
      }
    }
    return params;
  }

  set(name: string, value: string): void {
    this.sent.set(name, value);
    this.byLowerName.set(lowerOuter(name), value);
  }

  has(lowerName: string): boolean {
    return this.byLowerName.has(lowerName);
  }

  /** Lower-case outer names of everything sent. */
  names(): IterableIterator<string> {
    return this.byLowerName.keys();
  }

  /** The value as sent, without any check. */
  raw(lowerName: string): string | undefined {
    return this.byLowerName.get(lowerName);
  }

  /** @throws invalid when it is longer than `maxLength` characters or holds control characters */
  text(lowerName: string, maxLength: number): string | undefined {
    const value = this.byLowerName.get(lowerName);
    if (value === undefined) return undefined;
    return checkText(lowerName, value, maxLength);
  }

  /** text() for one line of a file, without the line end behind it. */
  line(lowerName: string, maxLength: number): string | undefined {
    const value = this.byLowerName.get(lowerName);
    return value === undefined ? undefined : checkText(lowerName, value.replace(/(\r?\n)+$/, ''), maxLength);
  }

  /** text() that may have line ends of any kind, given as `\n`. */
  lines(lowerName: string, maxLength: number): string | undefined {
    const value = this.byLowerName.get(lowerName)?.replaceAll('\r\n', '\n');
    if (value !== undefined) checkText(lowerName, value.replaceAll('\n', ' '), maxLength);
    return value;
  }

  /** @throws malformedMap when an index or sub-key is missing */
  rows(lowerName: string): Record<string, string>[] | undefined {
    const byIndex = new Map<number, Record<string, string>>();
    for (const [name, value] of this.byLowerName) {
      if (name !== lowerName && !name.startsWith(`${lowerName}[`)) continue;
      const match = indexedName.exec(name);
      if (!match || match[1] !== lowerName || match[3] === undefined) {
        throw problem('malformedMap', `parameter ${shortName(name)} is malformed: write ${lowerName}[0].key=value`);
      }
      const index = Number(match[2]);
      const row = byIndex.get(index) ?? (Object.create(null) as Record<string, string>);
      row[match[3]] = checkText(name, value, 32_768);
      byIndex.set(index, row);
    }
    if (byIndex.size === 0) return undefined;
    return [...byIndex.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  details(lowerName: string): Record<string, string> | undefined {
    const rows = this.rows(lowerName);
    if (!rows) return undefined;
    const merged = Object.create(null) as Record<string, string>;
    for (const row of rows) {
      const { key, value, ...free } = row;
      if (key !== undefined && value !== undefined) merged[key] = value;
      Object.assign(merged, free);
    }
    return merged;
  }
}

/** `Details[0].cpuNumber` → `details[0].cpuNumber`: the outer name in lower case, sub-keys as sent. */
function lowerOuter(name: string): string {
  const bracket = name.indexOf('[');
  return bracket < 0 ? name.toLowerCase() : name.slice(0, bracket).toLowerCase() + name.slice(bracket);
}

function shortName(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}

function checkText(name: string, value: string, maxLength: number): string {
  if (value.length > maxLength)
    throw problem('invalid', `parameter ${shortName(name)} has ${value.length} characters; at most ${maxLength} are taken`);
  if (controlCharacter.test(value)) throw problem('invalid', `parameter ${shortName(name)} holds a control character`);
  return value;
}
