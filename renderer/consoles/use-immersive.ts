// Full screen for a console: the whole document goes full screen (menus and dialogs stay visible), the page covers it.
import { useEffect, useState } from 'react';

/** Whether the window is full screen, and the switch. */
export function useImmersive(): { immersive: boolean; toggle: () => void } {
  const [immersive, setImmersive] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const follow = () => setImmersive(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', follow);
    return () => {
      document.removeEventListener('fullscreenchange', follow);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
  return {
    immersive,
    toggle: () => void (immersive ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  };
}
