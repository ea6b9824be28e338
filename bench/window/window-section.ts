// Section `window`: what a large installation costs the window, against a small one in the same browser and agent.
import path from 'node:path';
import { buildIfStale } from '../../tools/start/build-if-stale.ts';
import { startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, pair, short } from '../comparison.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { type Fill, fillAgent, LARGE_ENV } from './fill-agent.ts';
import { measureRevert, type RevertMetrics } from './measure-revert.ts';
import { measureWindow, type WindowMetrics } from './measure-window.ts';
import { openWindow } from './open-window.ts';

const root = path.resolve(import.meta.dirname, '../..');
const SMALL: Fill = { envs: 3, machinesEach: 2, machinesOfLarge: 6 };
const LARGE: Fill = { envs: 200, machinesEach: 2, machinesOfLarge: 602 };
const QUICK: Fill = { envs: 60, machinesEach: 1, machinesOfLarge: 100 };

export const windowSection: Section = {
  name: 'window',
  title: 'the window with hundreds of ENVs and machines, against a handful',
  async run(context) {
    const { resources, folder, quick, say } = context;
    await buildIfStale(root);
    const imageDirectory = await makeStubImages(folder);
    const windowDirectory = path.join(root, 'out/renderer');
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake', windowDirectory });
    const { client } = agent.connection;
    const presses = quick ? 6 : 24;
    await fillAgent(client, STUB_OS, SMALL);
    const page = await openWindow(resources, agent);
    await page.getByText(LARGE_ENV).first().waitFor();
    const small = await measureWindow(page, { presses, largeEnv: LARGE_ENV });
    const revert = await measureRevert(page, client, LARGE_ENV, quick ? 3 : 10);
    for (const { name } of (await client.env.list()).envs) await client.env.delete({ name });
    const size = quick ? QUICK : LARGE;
    say(`making ${size.envs} ENVs ...`);
    await fillAgent(client, STUB_OS, size);
    const large = await measureWindow(page, { presses, largeEnv: LARGE_ENV });
    return {
      comparisons: [...comparisons(large, small), revertRow(revert)],
      notes: [
        `large: ${size.envs} ENVs, ${(size.envs - 1) * size.machinesEach + size.machinesOfLarge} machines, ${size.machinesOfLarge} of them in one ENV`,
        `small: ${SMALL.envs} ENVs, ${(SMALL.envs - 1) * SMALL.machinesEach + SMALL.machinesOfLarge} machines`,
      ],
      peerCommands: [
        'the same keys in the same page with the small installation',
        'the same `snapshot.revert`, until its answer',
      ],
    };
  },
};

/** In ms: people see this one, however fast the agent is. */
function revertRow({ pictureMs, callMs }: RevertMetrics): Comparison {
  return {
    what: 'a revert until its picture is on the open console',
    ours: pair({ min: min(pictureMs), median: median(pictureMs) }, 'ms'),
    peer: pair({ min: min(callMs), median: median(callMs) }, 'ms'),
    ratio: median(pictureMs),
    goal: atMost(500),
    unit: 'ms',
  };
}

/** Goals: what is drawn does not grow with what there is, so neither may the time a key takes, but for what filters. */
function comparisons(large: WindowMetrics, small: WindowMetrics): Comparison[] {
  const keys = (what: string, of: 'filterMs' | 'arrowMs' | 'machineArrowMs', goal: number): Comparison => ({
    what,
    ours: pair({ min: min(large[of]), median: median(large[of]) }, 'ms'),
    peer: pair({ min: min(small[of]), median: median(small[of]) }, 'ms'),
    ratio: median(large[of]) / median(small[of]),
    goal: atMost(goal),
  });
  const one = (what: string, of: 'firstBoardMs' | 'scrollMs' | 'idleMsPerS', unit: string): Comparison => ({
    what,
    ours: `${short(large[of])} ${unit}`,
    peer: `${short(small[of])} ${unit}`,
    ratio: large[of] / small[of],
    goal: null,
  });
  const count = (what: string, of: 'boardElements' | 'envElements', most: number): Comparison => ({
    what,
    ours: String(large[of]),
    peer: String(small[of]),
    ratio: large[of],
    goal: atMost(most),
    unit: 'elements',
  });
  return [
    keys('key in the filter to paint', 'filterMs', 3),
    keys('arrow among cards to paint', 'arrowMs', 3),
    keys('arrow among machines to paint', 'machineArrowMs', 3),
    count('elements on the board', 'boardElements', 2000),
    count('elements on the page of the large ENV', 'envElements', 2000),
    one('reload to first card', 'firstBoardMs', 'ms'),
    one('longest frame of scrolling', 'scrollMs', 'ms'),
    one('main thread while idle', 'idleMsPerS', 'ms/s'),
  ];
}
