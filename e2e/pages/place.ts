// Where a thing is on the page, for pointers that are moved by hand.
import type { Locator } from '@playwright/test';

export async function centreOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('nothing to take there');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
