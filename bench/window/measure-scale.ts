// What many machines cost the window's main thread at once: 1000 that are made, shown and selected, and 100 that change in a second.
import type { TtClient } from '@tt/protocol';
import type { Page } from '@playwright/test';
import { waitUntil } from '../wait-until.ts';
import { changeMachines } from './change-machines.ts';
import { LARGE_ENV, makeLarge } from './fill-agent.ts';
import { type MainThread, mainThreadDuring } from './main-thread.ts';
import { cardsOf, goTo, settled } from './page-state.ts';

const PER_SECOND = 100;

export interface ScaleOptions {
  osPrefix: string;
  /** Machines of the large ENV. */
  copies: number;
  /** How long machines change, in s. */
  seconds: number;
}

export interface ScaleMetrics {
  /** While the large ENV is made, with the board shown. */
  madeOnBoard: MainThread;
  /** The same with its own page shown. */
  madeOnPage: MainThread;
  /** While one small ENV more is made, with the board shown. */
  oneMore: MainThread;
  /** While the page of the large ENV opens from the board. */
  opened: MainThread;
  /** While all of its machines are selected by Ctrl-A. */
  allSelected: MainThread;
  /** While machines of other ENVs change, one of each, with the board shown. */
  changesOnBoard: MainThread;
  /** While machines of the large ENV change, with its page shown. */
  changesOnPage: MainThread;
  /** Changes a second that the agent took: on the board and on the page. */
  reached: [board: number, page: number];
}

/** Leaves the large ENV, and the window on its page. */
export async function measureScale(page: Page, client: TtClient, options: ScaleOptions): Promise<ScaleMetrics> {
  const { osPrefix, copies, seconds } = options;
  await goTo(page, '#/envs');
  const made = await mainThreadDuring(page, async () => {
    await makeLarge(client, osPrefix, 'other', copies);
    await settled(page);
  });
  await client.env.delete({ name: 'other', forGood: true });
  await settled(page);
  const oneMore = await mainThreadDuring(page, async () => {
    await makeLarge(client, osPrefix, 'other', 2);
    await settled(page);
  });
  await client.env.delete({ name: 'other', forGood: true });
  await settled(page);
  const vmIds = await oneOfEach(client);
  const onBoard = await mainThreadDuring(page, () =>
    changeMachines(client, vmIds, { perSecond: PER_SECOND, seconds, sideBySide: 4 }),
  );
  const madeOnPage = await mainThreadDuring(page, async () => {
    const making = makeLarge(client, osPrefix, LARGE_ENV, copies);
    await waitUntil('the large ENV', () => client.env.show({ name: LARGE_ENV }).catch(() => null));
    await page.evaluate((name) => (window.location.hash = `#/envs/${name}`), LARGE_ENV);
    await making;
    await settled(page);
  });
  const { vms } = await client.env.show({ name: LARGE_ENV });
  const ofLarge = vms.slice(0, PER_SECOND).map(({ id }) => id);
  const onPage = await mainThreadDuring(page, () =>
    changeMachines(client, ofLarge, { perSecond: PER_SECOND, seconds, sideBySide: 1 }),
  );
  await goTo(page, '#/envs');
  const opened = await mainThreadDuring(page, () => goTo(page, `#/envs/${LARGE_ENV}`));
  await cardsOf(page).first().focus();
  const allSelected = await mainThreadDuring(page, async () => {
    await page.keyboard.press('Control+a');
    await settled(page);
  });
  await page.keyboard.press('Escape');
  return {
    madeOnBoard: made.thread,
    madeOnPage: madeOnPage.thread,
    oneMore: oneMore.thread,
    opened: opened.thread,
    allSelected: allSelected.thread,
    changesOnBoard: onBoard.thread,
    changesOnPage: onPage.thread,
    reached: [onBoard.result, onPage.result],
  };
}

/** The ids of machines of different ENVs, as many as change in a second. */
async function oneOfEach(client: TtClient): Promise<string[]> {
  const { envs } = await client.env.list();
  return envs.slice(0, PER_SECOND).flatMap(({ vmIds: [first] }) => first ?? []);
}
