// Numbers and short messages of RFB (RFC 6143, and the community's rfbproto document for the extensions), as far as the agent
// speaks it.

export const RFB_VERSION = 'RFB 003.008\n';
/** The only type of security: who may look is decided before a stream is opened. */
export const NO_SECURITY = 1;

export const fromViewer = {
  setPixelFormat: 0,
  setEncodings: 2,
  updateRequest: 3,
  key: 4,
  pointer: 5,
  cutText: 6,
  setDesktopSize: 251,
  qemu: 255,
} as const;

export const fromGuest = { update: 0, colourMap: 1, bell: 2, cutText: 3 } as const;

export const encoding = {
  raw: 0,
  copyRect: 1,
  tight: 7,
  tightPng: -260,
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  extendedKeys: -258,
  lights: -261,
  desktopName: -307,
  extendedDesktopSize: -308,
  extendedClipboard: 0xc0a1e5ce | 0,
} as const;

const offered: ReadonlySet<number> = new Set(Object.values(encoding));

/**
 * What a viewer may ask for: only what `GuestMessages` can tell the length of, and nothing whose state a new server could not
 * begin anew (the compression of ZRLE and Zlib lasts as long as the connection).
 */
export function isOffered(wanted: number): boolean {
  const isQuality = wanted >= -32 && wanted <= -23;
  const isCompression = wanted >= -256 && wanted <= -247;
  return offered.has(wanted) || isQuality || isCompression;
}

export interface ScreenSize {
  width: number;
  height: number;
}

/** `format`: the 16 bytes of PIXEL_FORMAT. */
export function setPixelFormat(format: Buffer): Buffer {
  return Buffer.concat([Buffer.from([fromViewer.setPixelFormat, 0, 0, 0]), format]);
}

export function setEncodings(encodings: readonly number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message.writeUInt8(fromViewer.setEncodings, 0);
  message.writeUInt16BE(encodings.length, 2);
  for (const [index, one] of encodings.entries()) message.writeInt32BE(one, 4 + 4 * index);
  return message;
}

/** Asks for all of the screen, whether it has changed or not. */
export function wholeUpdateRequest({ width, height }: ScreenSize): Buffer {
  const message = Buffer.alloc(10);
  message.writeUInt8(fromViewer.updateRequest, 0);
  message.writeUInt16BE(width, 6);
  message.writeUInt16BE(height, 8);
  return message;
}

/** An update that only says how large the screen is now; null for a viewer that does not understand it. */
export function newSize({ width, height }: ScreenSize, encodings: readonly number[]): Buffer | null {
  if (encodings.includes(encoding.desktopSize)) return pseudoUpdate(encoding.desktopSize, { width, height });
  if (!encodings.includes(encoding.extendedDesktopSize)) return null;
  // One screen, with number 0, at 0,0.
  const screens = Buffer.alloc(20);
  screens.writeUInt8(1, 0);
  screens.writeUInt16BE(width, 12);
  screens.writeUInt16BE(height, 14);
  return Buffer.concat([pseudoUpdate(encoding.extendedDesktopSize, { width, height }), screens]);
}

/** An update that takes the guest's pointer away: one without pixels. */
export function noCursor(): Buffer {
  return pseudoUpdate(encoding.cursor, { width: 0, height: 0 });
}

/** The head of an update with one rectangle. */
function pseudoUpdate(kind: number, { width, height }: ScreenSize): Buffer {
  const message = Buffer.alloc(16);
  message.writeUInt8(fromGuest.update, 0);
  message.writeUInt16BE(1, 2);
  message.writeUInt16BE(width, 8);
  message.writeUInt16BE(height, 10);
  message.writeInt32BE(kind, 12);
  return message;
}
