// Pure: the cgroup limits for a guest's size. Used by both cgroup drivers.
import type { VmLimits } from './interface.ts';

const MIB = 1024 * 1024;

/**
 * What a QEMU takes besides the guest's memory: program and libraries (~60 MiB), translated code (32 MiB with tcg), VGA memory
 * (16 MiB), pictures for VNC clients, the qcow2 driver's cache (up to 32 MiB a disk), stacks and heaps of its threads, buffers
 * while a state is saved. Measured with QEMU 7.2, tcg, guests of 128 and 1024 MiB, all of it touched: 43 to 76 MiB after boot,
 * saving and loading a state, with nobody at the console. Generous on purpose: this limits a runaway QEMU and allocates no
 * memory, and one MiB too little kills a guest that did nothing wrong. Page cache of files on disks is not included: the kernel
 * reclaims it before it kills.
 */
const BASE_OVERHEAD_MIB = 256;
/** Page tables (1/512) and bitmaps of dirty pages grow with the guest. */
const OVERHEAD_SHARE = 1 / 64;

/** 100 ms, the kernel's default: after each period a group gets its processor time again. */
export const CPU_PERIOD_US = 100_000;

/** Enough threads for 64 processors, QEMU's pool of 64 and a few more; not enough to eat all of the host's. */
export const MAX_TASKS = 512;

/**
 * Bytes for the whole group of a VM. `fileBytes`: the most its files can take of the host's memory (0 on a disk). The kernel
 * charges pages of tmpfs to the process that writes them, and cannot reclaim them before it kills: a guest that saves its
 * memory there twice would exceed any limit based on its own size.
 */
export function memoryLimitBytes(limits: VmLimits, fileBytes = 0): number {
  return (limits.memoryMiB + BASE_OVERHEAD_MIB + Math.ceil(limits.memoryMiB * OVERHEAD_SHARE)) * MIB + fileBytes;
}

/** Processor time a group may use in each period, in microseconds. */
export function cpuQuotaUs(limits: VmLimits): number {
  return limits.cpuCount * CPU_PERIOD_US;
}
