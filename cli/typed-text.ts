// Text -> strokes of a keyboard of some layout, in portions that one call of `console.type` takes.
import { type KeyboardLayout, strokesIn, type TypingEvent } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';

/** The contract's limit for one call. */
const PORTION = 32;

type Stroke = TypingEvent[];

/** `layout`: of the guest. Throws InvalidArgumentError for characters it does not have: text that is typed in part would be worse. */
export function strokesOf(text: string, layout: KeyboardLayout = 'us'): Stroke[] {
  return Array.from(text.normalize('NFC').replace(/\r\n?/g, '\n'), (character) => {
    const strokes = strokesIn(layout, character);
    if (!strokes) throw new InvalidArgumentError(`"${character}" is not on a keyboard of layout ${layout}.`);
    return strokes.flatMap(({ code, shift, altGr }) => {
      const around = [...(shift ? ['ShiftLeft'] : []), ...(altGr ? ['AltRight'] : [])];
      const press = (key: string): TypingEvent => ({ code: key, down: true });
      const release = (key: string): TypingEvent => ({ code: key, down: false });
      return [...around.map(press), press(code), release(code), ...around.toReversed().map(release)];
    });
  });
}

export function portionsOf(all: readonly Stroke[]): Stroke[][] {
  return Array.from({ length: Math.ceil(all.length / PORTION) }, (_, at) =>
    all.slice(at * PORTION, (at + 1) * PORTION),
  );
}
