// Full screen for a console: the whole document goes full screen (menus and dialogs stay visible), the page covers it.
import { useEffect, useState } from 'react';

export interface Immersive {
  immersive: boolean;
  /** Whether the tools are shown in it; not when it begins. */
  showsTools: boolean;
  onImmersive: () => void;
  onTools: () => void;
}

/** Whether the window is full screen, and the switches. */
export function useImmersive(): Immersive {
  const [immersive, setImmersive] = useState(document.fullscreenElement !== null);
  const [showsTools, setShowsTools] = useState(false);
  useEffect(() => {
    const follow = () => {
      setImmersive(document.fullscreenElement !== null);
      setShowsTools(false);
    };
    document.addEventListener('fullscreenchange', follow);
    return () => {
      document.removeEventListener('fullscreenchange', follow);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
  return {
    immersive,
    showsTools,
    onImmersive: () => void (immersive ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    onTools: () => setShowsTools(!showsTools),
  };
}
