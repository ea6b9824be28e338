// Test support: a stand-in for QEMU whose KVM and TCG behave as a test wants, and which notes what it was started for.
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Shell lines; `$mark` is the exit status of a test guest that did all its work. */
export interface FakeBehaviour {
  tcg: string;
  kvm: string;
}

export const GOOD = 'exit $mark';
export const SLOW_TCG: FakeBehaviour['tcg'] = 'sleep 0.5; exit $mark';

export class FakeQemu {
  readonly binary: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.binary = path.join(folder, 'qemu');
  }

  static async make(folder: string, behaviour: FakeBehaviour): Promise<FakeQemu> {
    const qemu = new FakeQemu(folder);
    await qemu.become(behaviour);
    return qemu;
  }

  /** As an update of QEMU: another file. */
  async become({ tcg, kvm }: FakeBehaviour): Promise<void> {
    const script = `#!/bin/sh
case "$*" in *--version*) echo 'QEMU emulator version 7.2.0'; exit 0;; esac
case "$*" in *-kernel*) test=linux mark=87;; *) test=long-mode mark=85;; esac
case "$*" in
  *'-accel kvm'*) echo "$test kvm" >> '${this.#folder}/calls'; ${kvm};;
  *) echo "$test tcg" >> '${this.#folder}/calls'; ${tcg};;
esac
`;
    await writeFile(this.binary, script);
    await chmod(this.binary, 0o755);
  }

  /** What it was started for since the last time it was asked: `linux kvm`, in order. */
  async calls(): Promise<string[]> {
    const file = path.join(this.#folder, 'calls');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    await writeFile(file, '');
    return text.split('\n').filter((line) => line !== '');
  }
}
