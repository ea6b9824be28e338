// The conclusive test guest: a real Linux kernel (that of the tiny image) with an initrd of one program, which ends QEMU from
// user space. A KVM that is only imitated runs boot sectors but hangs here.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeCpio } from '../../../archives/cpio.ts';
import { file } from '../../../archives/file-entry.ts';
import { exitStatusOf, type TestGuest } from './test-guest.ts';

/** x86-64 system calls; GNU as reproduces it from the comments. */
const INIT_CODE = [
  'bff4000000 be04000000', // mov edi, 0xf4; mov esi, 4
  'ba01000000 b8ad000000', // mov edx, 1; mov eax, 173 (ioperm)
  '0f05', //                  syscall
  'b02b e6f4', //             mov al, 0x2b; out 0xf4, al: ends QEMU
  '31ff b83c000000', //       xor edi, edi; mov eax, 60 (exit)
  '0f05', //                  syscall
].join('');

const MARK = 0x2b;
const LOAD_ADDRESS = 0x40_0000n;
const HEADERS_BYTES = 64 + 56;
/** Like the tiny image's own. When /init ends without the mark, the kernel panics and reboots at once: QEMU then exits. */
const APPEND = 'console=ttyS0 quiet cryptomgr.notests noreplace-smp no_timer_check panic=-1';

export function linuxGuest(kernel: string): TestGuest {
  return {
    name: 'linux',
    words: { did: 'a Linux kernel reached user space', do: 'bring a Linux kernel to user space' },
    memoryMiB: 128,
    kvmCeilingMs: 10_000,
    tcgCeilingMs: 60_000,
    exitStatus: exitStatusOf(MARK),
    async prepare(folder) {
      const initrd = path.join(folder, 'initrd');
      await writeFile(initrd, writeCpio([file('/init', initProgram(), 0o755)]));
      return ['-kernel', kernel, '-initrd', initrd, '-append', APPEND];
    },
  };
}

/** A static ELF file of one segment (System V ABI, elf(5)). */
function initProgram(): Buffer {
  const code = Buffer.from(INIT_CODE.replaceAll(' ', ''), 'hex');
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
