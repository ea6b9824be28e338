// Keys as keycaps: `Ctrl-Enter` becomes two caps.
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {keys.split('-').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
