// The text of a guest: mounts a TextScreen, loaded when the first console of text is opened. The frame around it has the focus so that
// Enter on it can hand the keyboard to the guest, and takes it when the guest lets go of it.
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { TextLook, TextScreen, TextScreenEvents } from './text-screen.ts';

export interface TextConsoleViewProps extends Omit<TextScreenEvents, 'onLeave'> {
  /** Accessible names: of the text, and of what is typed into. */
  label: string;
  inputLabel: string;
  look: TextLook;
  /** The screen of now; null when there is none any more. */
  onScreen: (screen: TextScreen | null) => void;
}

export function TextConsoleView(props: TextConsoleViewProps) {
  const { label, inputLabel, look } = props;
  const frame = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const screen = useRef<TextScreen | null>(null);
  const now = useRef(props);
  useEffect(() => {
    now.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let ended = false;
    const mount = async () => {
      const { TextScreen: Made } = await import('./text-screen.ts');
      if (ended) return;
      screen.current = new Made(element, now.current.inputLabel, now.current.look, {
        onTyped: (text) => now.current.onTyped(text),
        onKeys: (toGuest) => now.current.onKeys(toGuest),
        onLeave: () => frame.current?.focus(),
        onSelected: (isSomething) => now.current.onSelected(isSomething),
        onFind: () => now.current.onFind(),
        onCopy: () => now.current.onCopy(),
        onPaste: (text) => now.current.onPaste(text),
        onSize: (size) => now.current.onSize(size),
        onFound: (found) => now.current.onFound(found),
      });
      now.current.onScreen(screen.current);
    };
    void mount();
    return () => {
      ended = true;
      now.current.onScreen(null);
      screen.current?.close();
      screen.current = null;
    };
  }, []);
  useEffect(() => screen.current?.setLook(look), [look]);
  useEffect(() => screen.current?.setLabel(inputLabel), [inputLabel]);
  useEffect(() => {
    // Set here, not as an attribute: as the frame of a screen (VncView).
    if (frame.current) frame.current.tabIndex = 0;
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== frame.current) return;
    const isFind = event.ctrlKey && event.code === 'KeyF' && !event.altKey;
    if (isFind) props.onFind();
    else if (event.key === 'Enter') screen.current?.takeKeys();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={frame} className="text-console" role="application" aria-label={label} onKeyDown={onKeyDown}>
      <div ref={host} className="text-console-host" data-takes-keys />
    </div>
  );
}
