// A program of 147 bytes that makes a Linux guest use the random bytes it was given at once, for guests without python or perl: Linux
// itself mixes them in, but goes on with the old state for up to a minute, in which two copies draw the same numbers.
import { elfProgram } from '../../../archives/elf-program.ts';

/**
 * An ELF executable (x86-64, no libraries) that calls RNDRESEEDCRNG, random(4), on its standard input and exits with 0, or with the
 * errno: `mov eax,16; xor edi,edi; mov esi,0x5207; xor edx,edx; syscall; mov edi,eax; neg edi; mov eax,60; syscall`.
 */
const CODE = 'b81000000031ffbe0752000031d20f0589c7f7dfb83c0000000f05';

export function reseedProgram(): Buffer {
  return elfProgram(Buffer.from(CODE, 'hex'));
}

/** For `printf` of a POSIX shell. */
export function asOctal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
