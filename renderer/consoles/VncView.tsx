// The guest's screen: mounts noVNC on the session's channel. Only this file and recordings/hidden-painter.ts import @novnc/novnc, and only
// when a console is opened (its top-level await must not hold up the start of the window).
import { observer } from 'mobx-react-lite';
import { useEffect, useRef, useState } from 'react';
import type { ByteChannel } from '@tt/client';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import type { Thumbnail } from '../machines/thumbnail-store.ts';
import type { KeyEvent } from './typed-characters.ts';
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
  /** The screen went while it had the keyboard. */
  onKeysLost?: () => void;
  /** A key that goes to the guest. */
  onInput?: (event: KeyEvent) => void;
  /** Keeps the last picture, to be shown while there is none. Only where `session` is of one machine for as long as this is mounted. */
  keepsLast?: boolean;
  /** With `keepsLast`: what is known of this machine's screen until there was one here. */
  before?: Thumbnail | undefined;
}

export const VncView = observer(function VncView(props: VncViewProps) {
  const { session, label, onScreen, onKeys, onKeysLost, onInput, keepsLast = false, before } = props;
  const frame = useRef<HTMLDivElement>(null);
  const listeners = useRef({ onScreen, onKeys, onKeysLost, onInput });
  listeners.current = { onScreen, onKeys, onKeysLost, onInput };
  const last = useRef<HTMLCanvasElement>(null);
  const t = useWords();
  const format = useFormat();
  const [lastAt, setLastAt] = useState<Date | null>(null);
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
        onKeysLost: () => listeners.current.onKeysLost?.(),
        onInput: (event) => listeners.current.onInput?.(event),
        ...(keepsLast && {
          onLast: (picture) => {
            if (last.current && drawOn(last.current, picture)) setLastAt(new Date());
          },
        }),
      });
      listeners.current.onScreen(screen);
    };
    void mount();
    return () => {
      ended = true;
      listeners.current.onScreen(null);
      screen?.close();
    };
  }, [session, channel, keepsLast]);

  useEffect(() => {
    // Set here, not as an attribute: the frame takes the focus so that Enter on it can hand the keyboard to the guest.
    if (frame.current) frame.current.tabIndex = 0;
  }, []);

  const lastTime = lastAt ?? before?.takenAt;
  return (
    <>
      <div ref={frame} className="vnc-view" role="application" aria-label={label} />
      {keepsLast && (
        <div className="vnc-last" data-shown={lastTime !== undefined || undefined}>
          <canvas ref={last} className="vnc-last-picture" hidden={lastAt === null} />
          {lastAt === null && before && <img src={before.url} alt="" className="vnc-last-picture" />}
          {lastTime !== undefined && <p>{t('consoles.lastPicture', { time: format.time(lastTime) })}</p>}
        </div>
      )}
    </>
  );
});

/** False for a picture without pixels. */
function drawOn(canvas: HTMLCanvasElement, picture: ImageData): boolean {
  if (picture.width === 0 || picture.height === 0) return false;
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return true;
}
