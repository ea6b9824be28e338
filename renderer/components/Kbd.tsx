// Keys as keycaps: `Ctrl-Enter` becomes two caps.

/** `isForEyes`: beside a name that is read without it (WCAG 2.5.3 compares that name with the text that is shown): its keys are drawn. */
export function Kbd({ keys, isForEyes = false }: { keys: string; isForEyes?: boolean }) {
  return (
    <span className="keys" aria-hidden={isForEyes || undefined}>
      {keys.split('-').map((key) => (isForEyes ? <kbd key={key} data-key={key} /> : <kbd key={key}>{key}</kbd>))}
    </span>
  );
}
