// What the acceleration probe starts: a guest that does some work and then ends QEMU with its own mark. There are two,
// `long-mode-guest.ts` and `linux-guest.ts`; `measure.ts` runs them.

export interface TestGuest {
  name: 'long-mode' | 'linux';
  /** What it does, in the past tense and as an infinitive, for the reason shown to users. */
  words: { did: string; do: string };
  memoryMiB: number;
  /** The most it may take with KVM, however slow the machine is, in milliseconds. */
  kvmCeilingMs: number;
  /** The most it may take with TCG, on a machine that is busy with other things. */
  tcgCeilingMs: number;
  /** The status QEMU exits with when the guest has done all its work. */
  exitStatus: number;
  /** Writes the guest's files to `folder` and returns QEMU's arguments to start it. */
  prepare(folder: string): Promise<string[]>;
}

/** isa-debug-exit: a byte written to this port ends QEMU with the status `(byte << 1) | 1`. */
export const EXIT_PORT = 0xf4;

export function exitStatusOf(mark: number): number {
  return (mark << 1) | 1;
}
