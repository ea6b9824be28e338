// Wraps machine code into a program that Linux runs: a static ELF file for x86-64 of one segment (System V ABI, elf(5)).
const LOAD_ADDRESS = 0x40_0000n;
/** Of the file, and of its one segment. */
const HEADERS_BYTES = 64 + 56;

/** `code` begins to run at its first byte, without libraries; the whole file can be read and executed, nothing can be written. */
export function elfProgram(code: Uint8Array): Buffer {
  const headers = Buffer.alloc(HEADERS_BYTES);
  // 64-bit, little-endian, version 1; an executable for x86-64.
  headers.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  headers.writeUInt16LE(2, 16);
  headers.writeUInt16LE(62, 18);
  headers.writeUInt32LE(1, 20);
  headers.writeBigUInt64LE(LOAD_ADDRESS + BigInt(HEADERS_BYTES), 24);
  headers.writeBigUInt64LE(64n, 32);
  // Sizes of the headers: this one, and the one segment's.
  headers.writeUInt16LE(64, 52);
  headers.writeUInt16LE(56, 54);
  headers.writeUInt16LE(1, 56);
  // The segment: loaded, readable and executable, the whole file.
  headers.writeUInt32LE(1, 64);
  headers.writeUInt32LE(5, 68);
  headers.writeBigUInt64LE(LOAD_ADDRESS, 80);
  headers.writeBigUInt64LE(LOAD_ADDRESS, 88);
  const bytes = BigInt(HEADERS_BYTES + code.length);
  headers.writeBigUInt64LE(bytes, 96);
  headers.writeBigUInt64LE(bytes, 104);
  headers.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([headers, code]);
}
