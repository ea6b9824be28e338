// The conclusive test guest: a real Linux kernel (that of the tiny image) with an initrd of one program, which ends QEMU from
// user space. A KVM that is only imitated runs boot sectors but hangs here.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeCpio } from '../../../archives/cpio.ts';
import { elfProgram } from '../../../archives/elf-program.ts';
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
      await writeFile(
        initrd,
        writeCpio([file('/init', elfProgram(Buffer.from(INIT_CODE.replaceAll(' ', ''), 'hex')), 0o755)]),
      );
      return ['-kernel', kernel, '-initrd', initrd, '-append', APPEND];
    },
  };
}
