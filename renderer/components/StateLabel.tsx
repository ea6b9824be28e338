// A state in shape, colour and word.
import type { Mark } from './marks.ts';
import { StateMark } from './StateMark.tsx';

export function StateLabel({ mark, word }: { mark: Mark; word: string }) {
  return (
    <span className="state-label" data-mark={mark}>
      <StateMark mark={mark} />
      <span>{word}</span>
    </span>
  );
}
