// What the browser can do alone: an empty page that puts a chosen file to a receiver in one request, without a script between.
import type { Page } from '@playwright/test';

/** In the browser of `page`, with the origin of the receiver. */
export async function openBarePage(page: Page, receiverUrl: string): Promise<Page> {
  const bare = await page.context().newPage();
  await bare.route(receiverUrl, (route) =>
    route.request().method() === 'GET'
      ? route.fulfill({ contentType: 'text/html', body: '<input type="file">' })
      : route.continue(),
  );
  await bare.goto(receiverUrl);
  await bare.unrouteAll();
  return bare;
}

export async function barePutSeconds(bare: Page, file: string): Promise<number> {
  const input = bare.locator('input');
  await input.setInputFiles(file);
  const elapsedMs = await input.evaluate(async (element) => {
    const [chosen] = (element as HTMLInputElement).files ?? [];
    if (!chosen) throw new Error('no file was chosen');
    const begun = performance.now();
    const request = new XMLHttpRequest();
    request.open('PUT', window.location.href);
    await new Promise((resolve, reject) => {
      request.onload = resolve;
      request.onerror = () => reject(new Error('the receiver is gone'));
      request.send(chosen);
    });
    return performance.now() - begun;
  });
  return elapsedMs / 1000;
}
