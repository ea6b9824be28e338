// Keys as keycaps: `Ctrl-Enter` becomes two caps.
/** `isForEyes`: beside a name that is read without it. */
export function Kbd({ keys, isForEyes = false }: { keys: string; isForEyes?: boolean }) {
  return (
    <span className="keys" aria-hidden={isForEyes || undefined}>
      {keys.split('-').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
