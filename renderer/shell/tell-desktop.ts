// Tells the desktop around the window what it must know: the language for its menus, and whether a console has the keyboard, for then no
// key belongs to a menu.
import { reaction } from 'mobx';
import type { DesktopRequest } from '../bridge.ts';
import { isConsole } from '../components/typing.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

/** Tells until disposed. */
export function tellDesktop(
  send: (request: DesktopRequest) => void,
  settings: Pick<SettingsStore, 'language'>,
): () => void {
  const stopLanguage = reaction(
    () => settings.language,
    (language) => send({ do: 'hello', language }),
    { fireImmediately: true },
  );
  let toGuest = false;
  const look = () => {
    const now = document.hasFocus() && isConsole(document.activeElement);
    if (now === toGuest) return;
    toGuest = now;
    send({ do: 'keys', toGuest });
  };
  // The focus has moved only after the event that says that it leaves.
  const lookSoon = () => queueMicrotask(look);
  // A console that goes away takes its focus along, and no event says so.
  document.addEventListener('keydown', look, true);
  document.addEventListener('focusin', look);
  document.addEventListener('focusout', lookSoon);
  window.addEventListener('focus', look);
  window.addEventListener('blur', look);
  return () => {
    stopLanguage();
    document.removeEventListener('keydown', look, true);
    document.removeEventListener('focusin', look);
    document.removeEventListener('focusout', lookSoon);
    window.removeEventListener('focus', look);
    window.removeEventListener('blur', look);
    if (toGuest) send({ do: 'keys', toGuest: false });
  };
}
