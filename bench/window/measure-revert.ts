// From the call of a revert until the open console shows the machine as it was then, in the page's own time.
import type { TtClient } from '@tt/protocol';
import type { Page } from '@playwright/test';

const SNAPSHOT = 'before';
const KEY = 'reverted';

export interface RevertMetrics {
  /** From the call to the frame with the picture of the snapshot, each revert one value. */
  pictureMs: number[];
  /** Of the same reverts, until the agent answers. */
  callMs: number[];
}

/** On the ENV `envName` with a machine that runs; its first machine is used. Ends on its console. */
export async function measureRevert(
  page: Page,
  client: TtClient,
  envName: string,
  times: number,
): Promise<RevertMetrics> {
  const [vm] = (await client.env.show({ name: envName })).vms;
  if (!vm) throw new Error(`${envName} has no machine`);
  await client.snapshot.create({ envName, name: SNAPSHOT, vmIds: [vm.id] });
  await page.evaluate((hash) => (window.location.hash = hash), `#/envs/${envName}/console/${vm.id}`);
  const screen = page.locator('.console-stage[data-phase="connected"] .vnc-view canvas');
  await screen.waitFor({ timeout: 60_000 });
  const result: RevertMetrics = { pictureMs: [], callMs: [] };
  while (result.pictureMs.length < times) {
    const shown = await pixels(page);
    // What is typed is on the screen, and not in the snapshot.
    await screen.click();
    await page.keyboard.type('x');
    await page.waitForFunction(changed, shown);
    await watch(page, shown);
    const begun = performance.now();
    await client.snapshot.revert({ envName, name: SNAPSHOT });
    result.callMs.push(performance.now() - begun);
    result.pictureMs.push(await page.evaluate((key) => Reflect.get(window, key) as Promise<number>, KEY));
    await idleEnv(client, envName);
  }
  return result;
}

/** What follows a revert is over. */
async function idleEnv(client: TtClient, envName: string): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const { operations } = await client.operation.list();
    if (!operations.some(({ state, subject }) => state === 'running' && subject.envName === envName)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${envName} is busy`);
}

function pixels(page: Page): Promise<string> {
  return page.evaluate(
    () => document.querySelector<HTMLCanvasElement>('.console-stage .vnc-view canvas')?.toDataURL() ?? '',
  );
}

function changed(before: string): boolean {
  return document.querySelector<HTMLCanvasElement>('.console-stage .vnc-view canvas')?.toDataURL() !== before;
}

/** `reverted` of the page becomes the time from now to the frame after which the picture is `wanted`. */
async function watch(page: Page, wanted: string): Promise<void> {
  await page.evaluate(
    ({ key, picture }) => {
      const begun = performance.now();
      const shown = new Promise<number>((resolve) => {
        const look = () => {
          const canvas = document.querySelector<HTMLCanvasElement>('.console-stage .vnc-view canvas');
          if (canvas?.toDataURL() === picture) resolve(performance.now() - begun);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      Reflect.set(window, key, shown);
    },
    { key: KEY, picture: wanted },
  );
}
