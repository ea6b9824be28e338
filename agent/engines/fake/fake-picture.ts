// The screen of a fake guest: lines of text on a background whose colour depends on the VM's name. Used by the RFB server and
// for screenshots.

export const PICTURE_WIDTH = 640;
export const PICTURE_HEIGHT = 400;
const SCALE = 4;
const MARGIN = 24;
const LINE_HEIGHT = 8 * SCALE;

/** 3x5 pixels a letter, five rows of three bits from the top, as octal digits. */
const FONT: Record<string, string> = {
  A: '25755',
  B: '65656',
  C: '34443',
  D: '65556',
  E: '74647',
  F: '74644',
  G: '34553',
  H: '55755',
  I: '72227',
  J: '11152',
  K: '55655',
  L: '44447',
  M: '57755',
  N: '65555',
  O: '25552',
  P: '65644',
  Q: '25573',
  R: '65655',
  S: '34216',
  T: '72222',
  U: '55557',
  V: '55552',
  W: '55775',
  X: '55255',
  Y: '55222',
  Z: '71247',
  '0': '75557',
  '1': '26227',
  '2': '61247',
  '3': '61216',
  '4': '55711',
  '5': '74616',
  '6': '34757',
  '7': '71222',
  '8': '75757',
  '9': '75716',
  '-': '00700',
  '/': '11244',
  '.': '00002',
  ':': '02020',
  _: '00007',
  '>': '42124',
  '#': '57575',
  '@': '75743',
};

/** Draws `lines` (any case; unknown signs stay blank) and returns width * height * 3 bytes of RGB. */
export function drawPicture(seed: string, lines: readonly string[]): Uint8Array {
  const rgb = new Uint8Array(PICTURE_WIDTH * PICTURE_HEIGHT * 3);
  const [red, green, blue] = darkColour(seed);
  for (let at = 0; at < rgb.length; at += 3) rgb.set([red, green, blue], at);
  lines.forEach((line, row) => {
    line
      .toUpperCase()
      .split('')
      .forEach((letter, column) => {
        drawLetter(rgb, FONT[letter] ?? '00000', MARGIN + column * 4 * SCALE, MARGIN + row * LINE_HEIGHT);
      });
  });
  return rgb;
}

function drawLetter(rgb: Uint8Array, rows: string, left: number, top: number): void {
  for (let y = 0; y < 5 * SCALE; y++) {
    for (let x = 0; x < 3 * SCALE; x++) {
      const bits = Number(rows[Math.floor(y / SCALE)]);
      if (!(bits & (4 >> Math.floor(x / SCALE)))) continue;
      if (left + x >= PICTURE_WIDTH || top + y >= PICTURE_HEIGHT) continue;
      rgb.fill(0xe8, ((top + y) * PICTURE_WIDTH + left + x) * 3, ((top + y) * PICTURE_WIDTH + left + x + 1) * 3);
    }
  }
}

/** The same name always gets the same colour, dark enough for light letters. */
function darkColour(seed: string): [number, number, number] {
  let hash = 0;
  for (const letter of seed) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return [24 + (hash % 64), 24 + ((hash >>> 8) % 64), 48 + ((hash >>> 16) % 64)];
}
