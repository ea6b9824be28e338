// Text -> strokes of a US keyboard, in portions that one call of `console.type` takes.
import { type TypingEvent, usKeys } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';

/** The contract's limit for one call. */
const PORTION = 32;

type Stroke = TypingEvent[];

const strokes: ReadonlyMap<string, Stroke> = new Map(
  [...usKeys].flatMap(([code, [plain, withShift]]): [string, Stroke][] => {
    const press = (down: boolean): TypingEvent => ({ code, down });
    const shift = (down: boolean): TypingEvent => ({ code: 'ShiftLeft', down });
    return [
      [withShift, [shift(true), press(true), press(false), shift(false)]],
      // Behind it, so that Enter, Tab and Space, which are the same with Shift, are typed without.
      [plain, [press(true), press(false)]],
    ];
  }),
);

/** Throws InvalidArgumentError for characters that no US keyboard has: text that is typed in part would be worse. */
export function strokesOf(text: string): Stroke[] {
  return Array.from(text.replace(/\r\n?/g, '\n'), (character) => {
    const stroke = strokes.get(character);
    if (stroke) return stroke;
    throw new InvalidArgumentError(`"${character}" is not on a US keyboard, which the guest is typed on.`);
  });
}

export function portionsOf(all: readonly Stroke[]): Stroke[][] {
  return Array.from({ length: Math.ceil(all.length / PORTION) }, (_, at) =>
    all.slice(at * PORTION, (at + 1) * PORTION),
  );
}
