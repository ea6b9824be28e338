// Whether the focus is nowhere: what had it is gone, and nobody has moved it to something else since.
export function isFocusFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
