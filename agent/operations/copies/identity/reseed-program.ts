// A program of 147 bytes that makes a Linux guest use the random bytes it was given at once, for guests without python or perl: Linux
// itself mixes them in, but goes on with the old state for up to a minute, in which two copies draw the same numbers.

/**
 * An ELF executable (x86-64, no libraries) that calls RNDRESEEDCRNG, random(4), on its standard input and exits with 0, or with the
 * errno: `mov eax,16; xor edi,edi; mov esi,0x5207; xor edx,edx; syscall; mov edi,eax; neg edi; mov eax,60; syscall`.
 */
const CODE = 'b81000000031ffbe0752000031d20f0589c7f7dfb83c0000000f05';
const HEADER_BYTES = 120;
const LOAD_ADDRESS = 0x400000;

export function reseedProgram(): Buffer {
  const code = Buffer.from(CODE, 'hex');
  const header = Buffer.alloc(HEADER_BYTES);
  // elf(5): 64-bit, little-endian, version 1, ET_EXEC, EM_X86_64; one program header right behind this one.
  header.write('7f454c46020101', 0, 'hex');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + HEADER_BYTES), 24);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  // PT_LOAD, readable and executable, the whole file.
  header.writeUInt32LE(1, 64);
  header.writeUInt32LE(5, 68);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 80);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 88);
  const bytes = BigInt(HEADER_BYTES + code.length);
  header.writeBigUInt64LE(bytes, 96);
  header.writeBigUInt64LE(bytes, 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code]);
}

/** For `printf` of a POSIX shell. */
export function asOctal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
