// What makes a button unavailable without hiding why: it keeps the focus, is described by the reason, and when it is pressed
// says the reason and does nothing else.
import { type MouseEvent, type ReactElement, useContext, useId } from 'react';
import { useWords } from '../i18n/index.ts';
import type { WhyNot } from './action.ts';
import { ExplainContext } from './explain.ts';

export interface Reason {
  /** The reason in words; null when the button can be used. */
  text: string | null;
  /** For the button. A disabled one (`isDisabled`) would lose the focus, and with it the reason. */
  props: Partial<{
    'aria-disabled': true;
    'aria-describedby': string;
    'data-unavailable': true;
    onClickCapture: (event: MouseEvent) => void;
    onPress: () => void;
  }>;
  /** Goes into the button: what its description refers to. */
  description: ReactElement | null;
}

export function useReason(whyNot: WhyNot | null): Reason {
  const t = useWords();
  const id = useId();
  const explain = useContext(ExplainContext);
  if (whyNot === null) return { text: null, props: {}, description: null };
  const text = t(`common.whyNot.${whyNot}`);
  const props = {
    'aria-disabled': true,
    'aria-describedby': id,
    'data-unavailable': true,
    // Enter in a field clicks the form's submit button: this one must not submit.
    onClickCapture: (event: MouseEvent) => event.preventDefault(),
    onPress: () => explain(text),
  } as const;
  return {
    text,
    props,
    description: (
      <span id={id} hidden>
        {text}
      </span>
    ),
  };
}
