// The keys' way to one machine of a broadcast, connected again after losses like a console.
import { computed, makeObservable, reaction } from 'mobx';
import { type ConsolePhase, ConsoleSession, type ConsoleSource } from '../consoles/console-session.ts';
import { KeyLine } from './key-line.ts';
import type { PadKey } from './pad-key.ts';

/** `ready`: gets what is typed. The others get nothing; `taken`: somebody else has the keyboard. */
export type LineState = 'connecting' | 'ready' | 'taken' | 'off' | 'failed';

const states = {
  connected: 'ready',
  connecting: 'connecting',
  off: 'off',
  gone: 'off',
  failed: 'failed',
} as const satisfies Record<ConsolePhase['kind'], LineState>;

export class MachineLine {
  readonly session: ConsoleSession;
  #keys: KeyLine | null = null;

  constructor(vmId: string, source: ConsoleSource) {
    this.session = new ConsoleSession({ vmId, source });
    makeObservable(this, { state: computed });
  }

  get state(): LineState {
    return states[this.session.phase.kind];
  }

  /** The answer ends it, with nothing pressed in the guest. */
  start(): () => void {
    const { session } = this;
    const unwatch = reaction(
      () => session.channel,
      (channel) => {
        this.#keys = channel && new KeyLine(channel, { onReady: () => session.screenShown() });
      },
    );
    const end = session.start();
    return () => {
      this.#keys?.close();
      unwatch();
      end();
    };
  }

  send(key: PadKey): void {
    this.#keys?.send(key);
  }
}
