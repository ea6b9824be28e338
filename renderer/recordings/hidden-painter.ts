// A noVNC that nobody sees: it asks for one picture after the other, and draws them, as the protocol wants it. For recorders.
import { reaction } from 'mobx';
import type { ConsoleSession } from '../consoles/console-session.ts';

/** See `Painter` of the recorder. */
export function paintHidden(session: ConsoleSession): () => void {
  let end = () => {};
  const stop = reaction(
    () => session.channel,
    (channel) => {
      end();
      end = () => {};
      if (!channel) return;
      let isOver = false;
      let disconnect = () => {};
      end = () => {
        isOver = true;
        disconnect();
      };
      void import('@novnc/novnc').then(({ default: RFB }) => {
        if (isOver || channel.readyState > 1) return;
        const rfb = new RFB(document.createElement('div'), channel, { shared: true });
        rfb.viewOnly = true;
        rfb.addEventListener('connect', () => session.screenShown());
        let isConnected = true;
        rfb.addEventListener('disconnect', () => {
          isConnected = false;
        });
        disconnect = () => {
          if (isConnected) rfb.disconnect();
        };
      });
    },
    { fireImmediately: true },
  );
  return () => {
    stop();
    end();
  };
}
