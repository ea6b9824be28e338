// Where arrows lead to in the row of a table, and what is pressed in it: what can be focused in each cell, or the cell itself.

const FOCUSABLE = 'button, a[href], input, select, textarea, [tabindex]';
const PRESSED = 'button, a[href], input, select, textarea, label, [role="button"]';

/** `row`: of the head too. */
export function stopsIn(row: Element): HTMLElement[] {
  return [...row.children].flatMap((cell) => {
    const inside = [...cell.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => !one.matches(':disabled'));
    return inside.length > 0 ? inside : cell instanceof HTMLElement ? [cell] : [];
  });
}

/** The cell of `row` that stands where `target` does in its own. */
export function sameCell(target: Element, row: Element): HTMLElement | null {
  const cell = target.closest('[role="gridcell"], [role="rowheader"], [role="columnheader"]');
  const index = cell ? [...(cell.parentElement?.children ?? [])].indexOf(cell) : -1;
  const other = row.children[index];
  if (!(other instanceof HTMLElement)) return null;
  return other.querySelector<HTMLElement>(FOCUSABLE) ?? other;
}

/** A button or the like, which takes clicks and Enter for itself. */
export function isPressable(target: Element): boolean {
  return target.closest(PRESSED) !== null;
}

/** In the document, below the head or above it. */
export function rowOf(target: Element): HTMLElement | null {
  return target.closest<HTMLElement>('[role="row"]');
}
