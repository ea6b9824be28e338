// The guest's screen: mounts noVNC on the session's channel. The only file that imports @novnc/novnc, and only when a
// console is opened (its top-level await must not hold up the start of the window).
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import type { ByteChannel } from '@tt/client';
import { VncScreen } from './vnc-screen.ts';

/** What gives the channel of the screen, a new one after each loss: a console's session, or a terminal's. */
export interface ScreenSource {
  readonly channel: ByteChannel | null;
  /** noVNC has finished its handshake. */
  screenShown(): void;
}

export interface VncViewProps {
  session: ScreenSource;
  /** Accessible name of the screen. */
  label: string;
  /** The screen of now, null between two; for the toolbar. */
  onScreen: (screen: VncScreen | null) => void;
  onKeys: (toGuest: boolean) => void;
}

export const VncView = observer(function VncView({ session, label, onScreen, onKeys }: VncViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const listeners = useRef({ onScreen, onKeys });
  listeners.current = { onScreen, onKeys };
  const { channel } = session;

  useEffect(() => {
    const element = frame.current;
    if (!element || !channel) return;
    let screen: VncScreen | null = null;
    let ended = false;
    const mount = async () => {
      const { default: RFB } = await import('@novnc/novnc');
      if (ended || channel.readyState > 1) return;
      screen = new VncScreen(new RFB(element, channel, { shared: true }), element, {
        onShown: () => session.screenShown(),
        onKeys: (toGuest) => listeners.current.onKeys(toGuest),
      });
      listeners.current.onScreen(screen);
    };
    void mount();
    return () => {
      ended = true;
      listeners.current.onScreen(null);
      screen?.close();
    };
  }, [session, channel]);

  useEffect(() => {
    // Set here, not as an attribute: the frame takes the focus so that Enter on it can hand the keyboard to the guest.
    if (frame.current) frame.current.tabIndex = 0;
  }, []);

  return <div ref={frame} className="vnc-view" role="application" aria-label={label} />;
});
