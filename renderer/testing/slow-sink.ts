// Test support: a screen for text that draws when it is told to.
import type { TextSink } from '../text-consoles/text-console-session.ts';

export class SlowSink implements TextSink {
  /** Text as it came, lines of the window's own in brackets, `!` where what was begun was ended. */
  shown = '';
  /** Each draws what was written once. */
  readonly waiting: (() => void)[] = [];

  write(bytes: Uint8Array, done: () => void): void {
    this.shown += new TextDecoder().decode(bytes);
    this.waiting.push(done);
  }

  mark(text: string): void {
    this.shown += `[${text}]`;
  }

  settle(): void {
    this.shown += '!';
  }
}
