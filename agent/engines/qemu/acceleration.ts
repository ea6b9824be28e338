// Finds out whether KVM really runs guests here. /dev/kvm may exist and still hang, so a guest is started once per boot of
// the host under a time-out, and the answer is remembered in the state directory.
import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { RunError, runCommand } from '../../host/run-command.ts';
import type { Acceleration } from '../interface.ts';
import { isOpenToVmUsers } from '../vm-users.ts';
import { ACCELERATION, MACHINE } from './command-line.ts';

export interface ProbeOptions {
  /** Absolute folder for `acceleration.json`. */
  stateDirectory: string;
  binary: string;
  /** Default 5 s: with working KVM the probe takes a fraction of one. */
  timeoutMs?: number;
  /** Default `/dev/kvm`. */
  device?: string;
  /** True: guests run as users of their own, who have to be able to open the device too. Default false. */
  confined?: boolean;
}

const rememberedSchema = z.object({ bootId: z.string(), kind: z.enum(['kvm', 'tcg']), reason: z.string() });

/**
 * The first sector of a disk, in 16-bit code: write 0x2a to QEMU's isa-debug-exit device, which then ends QEMU with the
 * status (0x2a << 1) | 1. That status can only come from a guest that went through its firmware and ran this.
 */
const BOOT_CODE = [
  [0xba, 0xf4, 0x00], // mov dx, 0xf4
  [0xb0, 0x2a], // mov al, 0x2a
  [0xee], // out dx, al
  [0xf4], // hlt
  [0xeb, 0xfd], // jmp back to hlt
].flat();
/** SeaBIOS does not boot a disk of less than one cylinder. */
const DISK_BYTES = 1024 * 1024;
const BOOTED_STATUS = (0x2a << 1) | 1;

/** Never rejects for lack of KVM: TCG always works, and `reason` says why it is used. */
export async function probeAcceleration(options: ProbeOptions): Promise<Acceleration> {
  const file = path.join(options.stateDirectory, 'acceleration.json');
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const reachable = await checkDevice(options.device ?? '/dev/kvm', options.confined ?? false);
  // Not remembered: it is quick, and changes when somebody is added to the group kvm.
  if (reachable !== null) return reachable;
  const remembered = await recall(file);
  if (remembered?.bootId === bootId) return { kind: remembered.kind, reason: remembered.reason };
  const found = await startProbeGuest(options);
  await remember(file, { bootId, ...found });
  return found;
}

/** Starts a guest that ends itself. Also used with `tcg` by tests, to show that the guest itself is good. */
export async function startProbeGuest(options: ProbeOptions, kind: 'kvm' | 'tcg' = 'kvm'): Promise<Acceleration> {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const disk = path.join(options.stateDirectory, 'probe-disk.img');
  await mkdir(options.stateDirectory, { recursive: true, mode: 0o700 });
  await writeFile(disk, bootDisk());
  try {
    await runCommand(options.binary, probeArguments(disk, kind), { timeoutMs, okExitCodes: [BOOTED_STATUS] });
    return { kind, reason: `a test guest ran with ${kind.toUpperCase()}` };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { kind: 'tcg', reason: `KVM is not used: ${explain(error, timeoutMs)}` };
  } finally {
    await rm(disk, { force: true });
  }
}

function probeArguments(disk: string, kind: 'kvm' | 'tcg'): string[] {
  const node = { driver: 'raw', 'node-name': 'probe', 'read-only': true, file: { driver: 'file', filename: disk } };
  return [
    ['-nodefaults', '-no-user-config', '-machine', MACHINE, ...ACCELERATION[kind], '-m', '32M'],
    ['-display', 'none', '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
    ['-blockdev', JSON.stringify(node), '-device', 'virtio-blk-pci,drive=probe,bootindex=0'],
  ].flat();
}

function bootDisk(): Buffer {
  const disk = Buffer.alloc(DISK_BYTES);
  disk.set(BOOT_CODE);
  // The mark by which firmware knows a disk that boots.
  disk.set([0x55, 0xaa], 510);
  return disk;
}

async function checkDevice(device: string, confined: boolean): Promise<Acceleration | null> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
    if (!confined || (await isOpenToVmUsers(device))) return null;
    const cure = 'give it to the group kvm (chgrp kvm, chmod 660)';
    return { kind: 'tcg', reason: `KVM is not used: only root may open ${device}, and guests run as others; ${cure}` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'tcg', reason: `KVM is not used: there is no ${device}` };
    const cure = 'add the user to the group kvm';
    return { kind: 'tcg', reason: `KVM is not used: this user may not open ${device} (${code}); ${cure}` };
  }
}

function explain(error: RunError, timeoutMs: number): string {
  if (error.timedOut) return `a test guest did not start within ${timeoutMs / 1000} s, though /dev/kvm is there`;
  const lastLine = error.stderr.trim().split('\n').at(-1) ?? '';
  return `a test guest failed: ${lastLine || `QEMU exited with status ${error.exitCode ?? 'unknown'}`}`;
}

/** A file that can't be read or parsed is as good as none: the probe is simply made again. */
async function recall(file: string): Promise<z.infer<typeof rememberedSchema> | null> {
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function remember(file: string, answer: z.infer<typeof rememberedSchema>): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(answer, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
