// How consoles of text look in this window now: colours by its theme, sizes as chosen.
import { useMemo, useSyncExternalStore } from 'react';
import { useStores } from '../state/stores-context.ts';
import { darkColours, lightColours } from './text-colours.ts';
import type { TextLook } from './text-screen.ts';

const systemIsDark = '(prefers-color-scheme: dark)';

/** For observers. */
export function useTextLook(): TextLook {
  const { settings } = useStores();
  const { theme, textSize, scrollbackLines, textForScreenReader } = settings;
  const isSystemDark = useSyncExternalStore(onSystemTheme, () => matchMedia(systemIsDark).matches);
  const isDark = theme === 'system' ? isSystemDark : theme === 'dark';
  return useMemo(
    () => ({
      colours: isDark ? darkColours : lightColours,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      fontSize: textSize,
      scrollbackLines,
      screenReader: textForScreenReader,
    }),
    [isDark, textSize, scrollbackLines, textForScreenReader],
  );
}

function onSystemTheme(listener: () => void): () => void {
  const query = matchMedia(systemIsDark);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
