// Whether keys go into a text or a guest right now, so that shortcuts keep quiet.

/** A console sends its keys to the guest; not even Ctrl-K is ours there. */
export function isConsole(target: EventTarget | null): boolean {
  return target instanceof Element && (target.matches('canvas') || target.closest('[data-takes-keys]') !== null);
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  // A console's canvas takes every key for its guest.
  return target.closest('[data-takes-keys]') !== null || target instanceof HTMLCanvasElement;
}
