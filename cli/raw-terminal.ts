// A terminal whose keys all go to a guest. Whatever ends `tt` gives the terminal back: its own end, a signal, a bug.

/** The part of standard input that is used; tests pass their own. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

/** Gives what restores the terminal; calling it again does nothing. Does nothing for input that is no terminal. */
export function rawTerminal(input: Keyboard): () => void {
  if (!input.isTTY) return () => {};
  let isRaw = true;
  const restore = () => {
    process.off('exit', restore);
    if (isRaw) input.setRawMode?.(false);
    isRaw = false;
  };
  // An error that nobody caught ends the process without any `finally`.
  process.on('exit', restore);
  input.setRawMode?.(true);
  return restore;
}
