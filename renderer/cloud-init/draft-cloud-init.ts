// A setup being composed: texts as typed, and whether they are valid.
import { type CloudInitSpec, cloudInitSpecSchema } from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';

interface SetupTexts {
  isOn: boolean;
  user: string;
  password: string;
  hostname: string;
  /** One command a line. */
  commands: string;
}

export class DraftCloudInit implements SetupTexts {
  isOn = false;
  user = '';
  password = '';
  hostname = '';
  commands = '';

  constructor() {
    makeObservable(this, {
      isOn: observable,
      user: observable,
      password: observable,
      hostname: observable,
      commands: observable,
      isValid: computed,
      change: action,
    });
  }

  get isUserValid(): boolean {
    return this.user === '' || cloudInitSpecSchema.safeParse({ user: this.user }).success;
  }

  get isPasswordValid(): boolean {
    return this.password === '' || cloudInitSpecSchema.safeParse({ password: this.password }).success;
  }

  get isHostnameValid(): boolean {
    return this.hostname === '' || cloudInitSpecSchema.safeParse({ hostname: this.hostname }).success;
  }

  get isValid(): boolean {
    return !this.isOn || cloudInitSpecSchema.safeParse(this.toRequest()).success;
  }

  change(change: Partial<SetupTexts>): void {
    Object.assign(this, change);
  }

  /** undefined when it is off. */
  toRequest(): CloudInitSpec | undefined {
    if (!this.isOn) return undefined;
    const commands = this.commands.split('\n').filter((line) => line.trim() !== '');
    return {
      ...(this.user === '' ? {} : { user: this.user }),
      ...(this.password === '' ? {} : { password: this.password }),
      ...(this.hostname === '' ? {} : { hostname: this.hostname }),
      ...(commands.length === 0 ? {} : { commands }),
    };
  }
}
