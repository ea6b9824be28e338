// Pixel formats of RFB (RFC 6143 7.4): each viewer chooses its own, so pictures are converted for each.

export interface PixelFormat {
  bitsPerPixel: 8 | 16 | 32;
  bigEndian: boolean;
  max: [red: number, green: number, blue: number];
  shift: [red: number, green: number, blue: number];
}

/** The server's initial format: 32 bits, little-endian, red in the lowest byte (which noVNC requests anyway). */
export const RGB888: PixelFormat = { bitsPerPixel: 32, bigEndian: false, max: [255, 255, 255], shift: [0, 8, 16] };

/** Reads the 16 bytes of a PIXEL_FORMAT. */
export function parsePixelFormat(bytes: Buffer): PixelFormat {
  const bits = bytes[0];
  return {
    bitsPerPixel: bits === 8 || bits === 16 ? bits : 32,
    bigEndian: bytes[2] !== 0,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes[10] ?? 0, bytes[11] ?? 0, bytes[12] ?? 0],
  };
}

/** Writes the 16 bytes of a PIXEL_FORMAT at `offset`. */
export function writePixelFormat(format: PixelFormat, target: Buffer, offset: number): void {
  target.set([format.bitsPerPixel, 24, format.bigEndian ? 1 : 0, 1], offset);
  format.max.forEach((max, index) => {
    target.writeUInt16BE(max, offset + 4 + index * 2);
  });
  target.set(format.shift, offset + 10);
}

/** Turns RGB bytes into a viewer's pixels. */
export function packPixels(rgb: Uint8Array, format: PixelFormat): Buffer {
  const bytesPerPixel = format.bitsPerPixel / 8;
  const packed = Buffer.alloc((rgb.length / 3) * bytesPerPixel);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += bytesPerPixel) {
    let pixel = 0;
    for (let channel = 0; channel < 3; channel++) {
      const scaled = Math.round(((rgb[from + channel] ?? 0) * (format.max[channel] ?? 255)) / 255);
      pixel += scaled * 2 ** (format.shift[channel] ?? 0);
    }
    // The shifts come from the viewer: whatever they are, the number must fit.
    pixel %= 2 ** format.bitsPerPixel;
    if (format.bigEndian) packed.writeUIntBE(pixel, to, bytesPerPixel);
    else packed.writeUIntLE(pixel, to, bytesPerPixel);
  }
  return packed;
}
