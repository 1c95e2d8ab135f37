// The screen of a simulated machine: lines of text that keys are typed into, drawn with a small fixed font.

export const columns = 80;
export const lines = 25;
const cellWidth = 6;
const cellHeight = 10;
export const screenWidth = columns * cellWidth;
export const screenHeight = lines * cellHeight;

/** Five columns a character from the space on, one byte each, its lowest bit on top. */
const font = Buffer.from(
  [
    '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0008070300 001c224100 0041221c00 2a1c7f1c2a 08083e0808',
    '0080703000 0808080808 0000606000 2010080402 3e5149453e 00427f4000 7249494946 2141494d33 1814127f10 2745454539 3c4a494931 4121110907',
    '3649494936 464949291e 0000140000 0040340000 0008142241 1414141414 0041221408 0201590906 3e415d594e 7c1211127c 7f49494936 3e41414122',
    '7f4141413e 7f49494941 7f09090901 3e41415173 7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f021c027f 7f0408107f 3e4141413e',
    '7f09090906 3e4151215e 7f09192946 2649494932 03017f0103 3f4040403f 1f2040201f 3f4038403f 6314081463 0304780403 6159494d43 007f414141',
    '0204081020 004141417f 0402010204 4040404040 0003070800 2054547840 7f28444438 3844444428 384444287f 3854545418 00087e0902 18a4a49c78',
    '7f08040478 00447d4000 2040403d00 7f10284400 00417f4000 7c04780478 7c08040478 3844444438 fc18242418 18242418fc 7c08040408 4854545424',
    '04043f4424 3c4040207c 1c2040201c 3c4030403c 4428102844 4c9090907c 4464544c44 0008364100 0000770000 0041360800 0201020402',
  ]
    .join(' ')
    .replaceAll(' ', ''),
  'hex',
);

const keysymReturn = 0xff0d;
const keysymBackspace = 0xff08;
/** Keysyms of Unicode characters are these plus the code point. */
const unicodeKeysyms = 0x01000000;

export class TextScreen {
  /** Grows with each change. */
  version = 1;
  private readonly rows: string[];

  constructor(text: string) {
    this.rows = [''];
    for (const character of text) this.write(character);
  }

  get text(): string {
    return this.rows.join('\n');
  }

  /** What a guest that echoes makes of a key. */
  press(keysym: number): void {
    if (keysym === keysymReturn) this.write('\n');
    else if (keysym === keysymBackspace) this.setLast(this.last.slice(0, -1));
    else if (keysym >= 0x20 && keysym <= 0xff) this.write(String.fromCodePoint(keysym));
    else if (keysym > unicodeKeysyms && keysym <= unicodeKeysyms + 0x10ffff) this.write(String.fromCodePoint(keysym - unicodeKeysyms));
  }

  private get last(): string {
    return this.rows.at(-1)!;
  }

  private setLast(row: string): void {
    this.rows[this.rows.length - 1] = row;
    this.version += 1;
  }

  private write(character: string): void {
    if (character === '\r') return;
    if (character === '\n' || [...this.last].length === columns) {
      this.rows.push('');
      if (this.rows.length > lines) this.rows.shift();
      this.version += 1;
    }
    if (character !== '\n') this.setLast(this.last + character);
  }

  /** One byte a pixel, row by row: 1 where a character is drawn. What the font lacks is a box. */
  draw(): Uint8Array {
    const pixels = new Uint8Array(screenWidth * screenHeight);
    for (const [row, line] of [...this.rows.slice(0, -1), `${this.last}_`].entries()) {
      for (const [column, character] of [...line].slice(0, columns).entries()) {
        const code = character.codePointAt(0)!;
        for (let x = 0; x < 5; x++) {
          const bits = code >= 0x20 && code < 0x7f ? font[(code - 0x20) * 5 + x]! : x === 0 || x === 4 ? 0x7f : 0x41;
          for (let y = 0; y < 8; y++) if (bits & (1 << y)) pixels[(row * cellHeight + 1 + y) * screenWidth + column * cellWidth + x] = 1;
        }
      }
    }
    return pixels;
  }
}
