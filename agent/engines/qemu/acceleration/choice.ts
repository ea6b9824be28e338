// Which acceleration guests get from this engine now: the configured one, otherwise what the probe finds. Determined at every
// start of a guest, so that a better test (a kernel built since then) or another QEMU is noticed.
import { type Reason, reason } from '@tt/protocol';
import type { Acceleration } from '../../interface.ts';
import { markKvmAsBad, type ProbeOptions, probeAcceleration } from './probe.ts';

export type AccelerationSetting = 'auto' | 'kvm' | 'tcg';

export class AccelerationChoice {
  readonly #setting: AccelerationSetting;
  readonly #options: ProbeOptions;
  readonly #listeners: ((acceleration: Acceleration) => void)[] = [];
  #current: Acceleration | null = null;
  #probing: Promise<Acceleration> | null = null;

  constructor(setting: AccelerationSetting, options: ProbeOptions) {
    this.#setting = setting;
    this.#options = options;
  }

  /** The last result; null before the first `settle`. */
  get current(): Acceleration | null {
    return this.#current;
  }

  onChange(listener: (acceleration: Acceleration) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes seconds if there is something to probe, otherwise milliseconds. One probe at a time, for all callers. */
  settle(): Promise<Acceleration> {
    this.#probing ??= this.#find().finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  /** No KVM from now on; does nothing when the configuration names the acceleration. */
  async distrustKvm(why: Reason): Promise<void> {
    if (this.#setting !== 'auto') return;
    await this.#probing;
    this.#set({ kind: 'tcg', reason: why });
    await markKvmAsBad(this.#options.stateDirectory, why);
  }

  async #find(): Promise<Acceleration> {
    if (this.#setting !== 'auto') {
      return this.#set({
        kind: this.#setting,
        reason: reason('accelerationConfigured', { acceleration: this.#setting.toUpperCase() }),
      });
    }
    try {
      return this.#set(await probeAcceleration(this.#options));
    } catch (error) {
      // A full disk, or a QEMU that is just being replaced, must not keep guests from starting with what was found before.
      if (this.#current === null) throw error;
      return this.#current;
    }
  }

  #set(found: Acceleration): Acceleration {
    const before = this.#current;
    this.#current = found;
    if (before && JSON.stringify(before) !== JSON.stringify(found)) {
      for (const listener of this.#listeners) listener(found);
    }
    return found;
  }
}
