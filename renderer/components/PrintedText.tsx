// What a program prints, as it comes: scrolls along while its end is in sight.
import { useLayoutEffect, useRef } from 'react';

/** As far from the end as still counts as at the end, in px. */
const NEAR = 24;

export function PrintedText({ text, label, className }: { text: string; label: string; className: string }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is why it scrolls
  useLayoutEffect(() => {
    const element = box.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the text is why it scrolls
  }, [text]);
  return (
    <pre
      ref={box}
      className={className}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      role="log"
      // Hundreds of lines a second are not read aloud.
      aria-live="off"
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - NEAR;
      }}
    >
      {text}
    </pre>
  );
}
