// What machines use: sums on cards and pages of ENVs, and the last minute of each machine in sight, also of one that has just come there.
import type { Locator } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const MACHINES = 60;
/** Seconds that are known of a machine before anybody has looked at it. */
const BEFORE = 4;

test.use({ agentFlags: ['--cpu-total=500', '--mem-total=100000', '--disk-total=10000000'] });

const processorOf = (machine: Locator) => machine.locator('.vm-meter').first();
const pointsOf = async (machine: Locator) =>
  ((await processorOf(machine).locator('polyline').getAttribute('points')) ?? '').split(' ').length;

test.describe('metrics', { tag: '@deep' }, () => {
  test('sums stand on cards and pages, machines that are scrolled into sight show the minute before', async ({
    tt,
  }) => {
    const machines = await createEnv(tt.agent, 'demo', MACHINES);
    const last = machines.at(-1)?.id ?? '';
    const window = new TtWindow(tt.page);
    const sum = tt.page.locator('.sum-meter');
    const card = window.board.card('demo');
    await expect(card.locator('.sum-meter')).toHaveText(/^Current usage: [\d,]+ % · [\d.]+ [MG]iB$/);
    await expect(card.locator('.sum-meter')).toHaveAttribute('title', /demo/);
    await window.board.open('demo');
    await expect(sum).toHaveText(/[\d,]+ % · [\d.]+ [MG]iB$/);

    await expect
      .poll(async () => {
        const { minutes } = await tt.agent.client.host.metrics({ vmIds: [last], minuteOf: [last] });
        return minutes?.[0]?.cpuPercent.length ?? 0;
      })
      .toBeGreaterThan(BEFORE);
    const env = window.env('demo');
    const first = env.machine('tiny-2-1');
    await expect(processorOf(first)).toContainText('%');
    await first.focus();
    await tt.page.keyboard.press('End');
    const seen = env.machine(`tiny-2-${MACHINES}`);
    await expect(processorOf(seen)).toContainText('%');
    expect(await pointsOf(seen)).toBeGreaterThan(BEFORE);
    // It continues from there.
    const points = await pointsOf(seen);
    await expect.poll(() => pointsOf(seen)).toBeGreaterThan(points);

    // One that stops shows nothing of before.
    await tt.agent.client.vm.stop({ vmId: last });
    await expect(processorOf(seen).locator('.vm-meter-now')).toHaveText('–');
  });
});
