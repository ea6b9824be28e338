// What axe-core finds on the page as it stands: what is serious or critical.
import type { Page } from '@playwright/test';
import axe from 'axe-core';

const ofPalette: ReadonlySet<string> = new Set(['scrollable-region-focusable', 'label-content-name-mismatch']);

/** `name`: of the page or dialog, for the messages. */
export async function serious(page: Page, name: string): Promise<string[]> {
  // A finished animation is what people read: colours half-way through one are no one's. What turns for ever never finishes.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => null)));
  });
  // Its source is more than a megabyte: a page gets it once. The pages have no frames, and what is in order is not asked for.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: injected } = window as unknown as { axe: typeof axe };
    return (await injected.run(document, { resultTypes: ['violations'] })).violations;
  });
  return (
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      // Of the palette: its list is scrolled by the arrows, and the reason why something can't be done is its description, not its name.
      .filter(({ id }) => !(name === 'dialog palette' && ofPalette.has(id)))
      .map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  );
}
