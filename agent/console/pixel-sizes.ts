// How many bytes a pixel takes in a pixel format of RFB (RFC 6143 7.4), plain and in Tight.

export interface PixelSizes {
  pixelBytes: number;
  /** In Tight; null where servers disagree. */
  tightBytes: number | null;
}

/** `format`: the 16 bytes of PIXEL_FORMAT. Throws if it is none. */
export function pixelSizes(format: Buffer): PixelSizes {
  const bits = format.readUInt8(0);
  if (bits !== 8 && bits !== 16 && bits !== 32) throw new Error(`pixels of ${bits} bits`);
  const pixelBytes = bits / 8;
  const isTrueColour = format.readUInt8(3) !== 0;
  const isByteEach = [4, 6, 8].every((at) => format.readUInt16BE(at) === 255);
  if (pixelBytes !== 4 || !isTrueColour || !isByteEach) return { pixelBytes, tightBytes: pixelBytes };
  // QEMU leaves the fourth byte out at any depth, the protocol only at 24.
  return { pixelBytes, tightBytes: format.readUInt8(1) === 24 ? 3 : null };
}
