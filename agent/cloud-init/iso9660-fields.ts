// Field types of ISO 9660 structures: numbers in both byte orders, padded texts, dates. Used by iso9660.ts.

export function bothEndian16(value: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt16LE(value, 0);
  field.writeUInt16BE(value, 2);
  return field;
}

export function bothEndian32(value: number): Buffer {
  const field = Buffer.alloc(8);
  field.writeUInt32LE(value, 0);
  field.writeUInt32BE(value, 4);
  return field;
}

/** ASCII, filled with blanks. */
export function isoText(text: string, length: number): Buffer {
  return Buffer.from(text.padEnd(length, ' '), 'latin1');
}

/** UCS-2 with the high byte first, filled with blanks; an odd last byte is 0. */
export function ucs2Text(text: string, length: number): Buffer {
  const field = Buffer.alloc(length);
  const characters = Math.floor(length / 2);
  Buffer.from(text.padEnd(characters, ' '), 'utf16le').swap16().copy(field);
  return field;
}

/** Seven bytes, UTC (ECMA-119, 9.1.5). */
export function dateOfRecord(date: Date): Buffer {
  return Buffer.from([
    date.getUTCFullYear() - 1900,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    0,
  ]);
}

/** Digits to hundredths of a second, UTC; null is “not said” (ECMA-119, 8.4.26.1). */
export function dateOfVolume(date: Date | null): Buffer {
  const digits = date ? date.toISOString().replace(/\D/g, '').slice(0, 16) : '0'.repeat(16);
  return Buffer.concat([Buffer.from(digits), Buffer.from([0])]);
}
