// Whether keys go into a text right now, so that single-letter shortcuts keep quiet.
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  // A console's canvas takes every key for its guest.
  return target.closest('[data-takes-keys]') !== null || target instanceof HTMLCanvasElement;
}
