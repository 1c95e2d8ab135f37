// Request signatures of API keys: what is signed, and whether a signature fits (contract/protocol section 3).
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Percent-encoding with only `A-Z a-z 0-9 . - * _` left as they are. */
function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(/[!~'()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

interface Deviation {
  readonly lowerCaseSort: boolean;
  readonly literalTilde: boolean;
  readonly literalBrackets: boolean;
  readonly encodedAsterisk: boolean;
}

const exact: Deviation = { lowerCaseSort: false, literalTilde: false, literalBrackets: false, encodedAsterisk: false };

/** The text that is signed. @param params as sent, undecoded names' case kept */
export function textToSign(params: ReadonlyMap<string, string>, deviation: Deviation = exact): string {
  const entries = [...params].filter(([name]) => name.toLowerCase() !== 'signature');
  const key = (name: string) => (deviation.lowerCaseSort ? name.toLowerCase() : name);
  entries.sort(([a], [b]) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  const text = entries
    .map(([name, value]) => {
      let encoded = encodeValue(value);
      if (deviation.literalTilde) encoded = encoded.replaceAll('%7e', '~');
      if (deviation.literalBrackets) encoded = encoded.replaceAll('%5B', '[').replaceAll('%5D', ']');
      if (deviation.encodedAsterisk) encoded = encoded.replaceAll('*', '%2A');
      return `${name}=${encoded}`;
    })
    .join('&');
  return text.toLowerCase();
}

export function sign(text: string, secretKey: string): string {
  return hmac(text, secretKey).toString('base64');
}

function hmac(text: string, secretKey: string): Buffer {
  return createHmac('sha1', secretKey).update(text, 'utf8').digest();
}

/**
 * The texts that real clients sign for these parameters: as specified, and with lower-case names sorted, `~` or `[` and `]`
 * left literal in values, `*` encoded in them (Go's url.QueryEscape), in every combination that makes a difference.
 */
function acceptedTexts(params: ReadonlyMap<string, string>): ReadonlySet<string> {
  const values = [...params.values()];
  const choices = (differs: boolean) => (differs ? [false, true] : [false]);
  const texts = new Set<string>();
  for (const lowerCaseSort of [false, true]) {
    for (const literalTilde of choices(values.some((value) => value.includes('~')))) {
      for (const literalBrackets of choices(values.some((value) => /[[\]]/.test(value)))) {
        for (const encodedAsterisk of choices(values.some((value) => value.includes('*')))) {
          texts.add(textToSign(params, { lowerCaseSort, literalTilde, literalBrackets, encodedAsterisk }));
        }
      }
    }
  }
  return texts;
}

/** Whether `signature` (base64) was made with this key over these parameters; takes the same time wherever it differs. */
export function signatureFits(params: ReadonlyMap<string, string>, signature: string, secretKey: string): boolean {
  // The text is compared, not its bytes: base64 has several spellings of the same bytes.
  const given = Buffer.from(signature, 'utf8');
  let fits = false;
  for (const text of acceptedTexts(params)) {
    const expected = Buffer.from(sign(text, secretKey), 'utf8');
    if (given.length === expected.length && timingSafeEqual(given, expected)) fits = true;
  }
  return fits;
}

const zonedDate = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(Z|[+-]\d{2}:?\d{2})$/;

/** Whether a signature of version 3 is still good; other versions never expire. */
export function isCurrent(version: string | undefined, expires: string | undefined, now: Date): boolean {
  if (version !== '3') return true;
  const match = zonedDate.exec(expires ?? '');
  if (!match) return false;
  const moment = Date.parse(`${match[1]}${match[2]!.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return !Number.isNaN(moment) && moment > now.getTime();
}
