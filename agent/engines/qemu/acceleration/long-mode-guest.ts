// The test guest for hosts without a kernel yet: one boot sector that goes through the firmware into 64-bit mode, with paging,
// timer interrupts, cpuid, page table reloads, and arithmetic that takes an emulator far longer than a processor.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exitStatusOf, type TestGuest } from './test-guest.ts';

/**
 * Loaded at 0x7c00 in 16-bit mode. Page tables at 0x1000 (level 4), 0x2000 and 0x3000, interrupt table at 0x5000, work at
 * 2 to 3 MiB. GNU as reproduces it from the comments, with `.intel_syntax noprefix`.
 */
const BOOT_CODE = [
  'fa', //                       cli
  '6631c0 8ed8 8ec0 8ed0', //    xor eax, eax; mov ds, ax; mov es, ax; mov ss, ax
  'bc007c fc', //                mov sp, 0x7c00; cld
  '66bf00100000 0f22df', //      mov edi, 0x1000; mov cr3, edi
  'b90014 66f3ab', //            mov cx, 0x1400; rep stosd
  'c70600100320', //             mov word ptr [0x1000], 0x2003
  'c70600200330', //             mov word ptr [0x2000], 0x3003
  // 16 pages of 2 MiB: the first 32 MiB, where they are.
  'bf0030 66b883000000 b110', // mov di, 0x3000; mov eax, 0x83; mov cl, 16
  '668905 83c708', //       1:   mov [di], eax; add di, 8
  '660500002000 e2f2', //        add eax, 0x200000; loop 1b
  '0f0116207d', //               lgdt [0x7d20]
  '0f20e0 0c20 0f22e0', //       mov eax, cr4; or al, 0x20 (PAE); mov cr4, eax
  '66b9800000c0 0f32', //        mov ecx, 0xc0000080 (EFER); rdmsr
  '80cc01 0f30', //              or ah, 1 (long mode); wrmsr
  '0f20c0 660d01000080', //      mov eax, cr0; or eax, 0x80000001 (paging, protection)
  '0f22c0 ea6d7c0800', //        mov cr0, eax; jmp 0x08:0x7c6d
  // 64-bit from here on.
  '31c0 8ed8 8ec0 8ed0', //      xor eax, eax; mov ds, eax; mov es, eax; mov ss, eax
  'bf00520000 b8017d0000', //    mov edi, 0x5200 (gate 0x20); mov eax, 0x7d01 (tick)
  '668907 c747020800008e', //    mov [rdi], ax; mov dword ptr [rdi+2], 0x8e000008
  '0f011c25267d0000', //         lidt [0x7d26]
  // The interrupt controller: the timer alone, as vector 0x20. The timer: 1000 times a second.
  'b011 e620 b020 e621', //      mov al, 0x11; out 0x20, al; mov al, 0x20; out 0x21, al
  'b004 e621 b001 e621', //      mov al, 4; out 0x21, al; mov al, 1; out 0x21, al
  'b0fe e621', //                mov al, 0xfe; out 0x21, al
  'b034 e643 b0a9 e640', //      mov al, 0x34; out 0x43, al; mov al, 0xa9; out 0x40, al
  'b004 e640', //                mov al, 4; out 0x40, al
  '31ed fb', //                  xor ebp, ebp; sti
  'dbe3 d9e8 d9e8', //           fninit; fld1; fld1
  // The work, 1000 times.
  '41b8e8030000', //             mov r8d, 1000
  'b801000080 0fa2', //     2:   mov eax, 0x80000001; cpuid
  '0fbae21d 7332', //            bt edx, 29 (long mode); jnc 5f
  '0f20d8 0f22d8', //            mov rax, cr3; mov cr3, rax
  'bf00002000 b900800000', //    mov edi, 0x200000; mov ecx, 0x8000
  '480fafc7 480307', //     3:   imul rax, rdi; add rax, [rdi]
  '488907 d8c9', //              mov [rdi], rax; fmul st, st(1)
  '83c720 ffc9 75ed', //         add edi, 32; dec ecx; jnz 3b
  '41ffc8 75cb', //              dec r8d; jnz 2b
  'f4 83fd14 72fa', //      4:   hlt; cmp ebp, 20; jb 4b
  'b02a e6f4', //                mov al, 0x2a; out 0xf4, al: ends QEMU
  'fa f4', //               5:   cli; hlt
  'ffc5 50', //           tick:  inc ebp; push rax
  'b020 e620 58 48cf', //        mov al, 0x20; out 0x20, al; pop rax; iretq
  '0f1f440000', //               nop
  '0000000000000000', //         the descriptors: none, and 64-bit code
  '00000000009a2000',
  '0f00 107d0000', //            their table: last byte, address
  '0f02 0050000000000000', //    the interrupt table: last byte, address
].join('');

const MARK = 0x2a;
/** SeaBIOS does not boot a disk of less than one cylinder. */
const DISK_BYTES = 1024 * 1024;

export const longModeGuest: TestGuest = {
  name: 'long-mode',
  words: { did: 'a 64-bit test guest ran', do: 'run a 64-bit test guest' },
  memoryMiB: 64,
  kvmCeilingMs: 3_000,
  tcgCeilingMs: 30_000,
  exitStatus: exitStatusOf(MARK),
  async prepare(folder) {
    const file = path.join(folder, 'disk.img');
    await writeFile(file, bootDisk());
    const node = { driver: 'raw', 'node-name': 'probe', 'read-only': true, file: { driver: 'file', filename: file } };
    return ['-blockdev', JSON.stringify(node), '-device', 'virtio-blk-pci,drive=probe,bootindex=0'];
  },
};

function bootDisk(): Buffer {
  const disk = Buffer.alloc(DISK_BYTES);
  Buffer.from(BOOT_CODE.replaceAll(' ', ''), 'hex').copy(disk);
  // The mark by which firmware knows a disk that boots.
  disk.set([0x55, 0xaa], 510);
  return disk;
}
