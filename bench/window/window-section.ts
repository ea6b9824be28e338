// Section `window`: what a large installation costs the window, against a small one in the same browser and agent.
import path from 'node:path';
import { buildIfStale } from '../../tools/start/build-if-stale.ts';
import { startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, pair, short } from '../comparison.ts';
import type { Section, SectionResult } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { type Fill, fillAgent, LARGE_ENV, makeLarge } from './fill-agent.ts';
import type { MainThread } from './main-thread.ts';
import { actionNames, type ActionsMetrics, measureActions } from './measure-actions.ts';
import { measureRevert, type RevertMetrics } from './measure-revert.ts';
import { measureScale, type ScaleMetrics } from './measure-scale.ts';
import { measureWindow, type WindowMetrics } from './measure-window.ts';
import { openWindow } from './open-window.ts';

/** The goals at the large size. */
const MOST_TASK_MS = 50;
const MOST_IDLE_MS_PER_S = 50;
const MOST_HEAP_MIB = 150;
const MOST_ELEMENTS = 5000;

type PlainMetric = Exclude<keyof WindowMetrics, 'filterMs' | 'arrowMs' | 'machineArrowMs'>;

const root = path.resolve(import.meta.dirname, '../..');
const SMALL: Fill = { envs: 2, machinesEach: 2, machinesOfLarge: 6 };
/** With the large one 500, which is what one user may have. */
const LARGE: Fill = { envs: 499, machinesEach: 4, machinesOfLarge: 1000 };
const QUICK: Fill = { envs: 100, machinesEach: 2, machinesOfLarge: 200 };

export const windowSection: Section = {
  name: 'window',
  title: 'the window with hundreds of ENVs and thousands of machines, against a handful',
  parts: ['scale', 'revert'],
  async run(context) {
    const { resources, folder, quick, wants, say } = context;
    await buildIfStale(root);
    const imageDirectory = await makeStubImages(folder);
    const windowDirectory = path.join(root, 'out/renderer');
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake', windowDirectory });
    const { client } = agent.connection;
    const presses = quick ? 6 : 24;
    await makeLarge(client, STUB_OS, LARGE_ENV, SMALL.machinesOfLarge);
    await fillAgent(client, STUB_OS, SMALL);
    const page = await openWindow(resources, agent);
    await page.getByText(LARGE_ENV).first().waitFor();
    const result: SectionResult = { comparisons: [], notes: [], peerCommands: [] };
    if (wants('revert')) {
      const revert = await measureRevert(page, client, LARGE_ENV, quick ? 3 : 10);
      result.comparisons.push(revertRow(revert));
      result.peerCommands.push('the same `snapshot.revert`, until its answer');
    }
    if (!wants('scale')) return result;
    const small = await measureWindow(page, { presses, largeEnv: LARGE_ENV });
    for (const { name } of (await client.env.list()).envs) await client.env.delete({ name, forGood: true });
    const size = quick ? QUICK : LARGE;
    say(`making ${size.envs} ENVs ...`);
    await fillAgent(client, STUB_OS, size);
    say('making and changing many machines while the window is open ...');
    const scale = await measureScale(page, client, {
      osPrefix: STUB_OS,
      copies: size.machinesOfLarge,
      seconds: quick ? 3 : 10,
    });
    const large = await measureWindow(page, { presses, largeEnv: LARGE_ENV });
    say('the palette, menus and tables ...');
    const actions = await measureActions(page, {
      largeEnv: LARGE_ENV,
      envs: size.envs + 1,
      machines: size.machinesOfLarge,
    });
    result.comparisons.push(...comparisons(large, small), ...scaleRows(scale, size), ...actionRows(actions));
    result.notes.push(
      `large: ${size.envs} ENVs of ${size.machinesEach} machines, and one of ${size.machinesOfLarge}`,
      `small: ${SMALL.envs} ENVs of ${SMALL.machinesEach} machines, and one of ${SMALL.machinesOfLarge}`,
      'tasks and idle load are processor time of the page’s main thread, by a trace of Chromium',
      `longest frame of scrolling: ${short(large.scrollFrameMs)} ms, ${short(small.scrollFrameMs)} ms with few: on this machine as it is`,
      `changes a second that the agent took: ${scale.reached.map(short).join(' on the board, ')} on the page`,
    );
    result.peerCommands.push('the same keys in the same page with the small installation');
    return result;
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
  const atScale = (what: string, of: PlainMetric, unit: string, most: number | null): Comparison => ({
    what,
    ours: `${short(large[of])} ${unit}`,
    peer: `${short(small[of])} ${unit}`,
    ratio: large[of],
    goal: most === null ? null : atMost(most),
    unit,
  });
  return [
    keys('key in the filter to paint', 'filterMs', 3),
    keys('arrow among cards to paint', 'arrowMs', 3),
    keys('arrow among machines to paint', 'machineArrowMs', 3),
    atScale('reload to first card', 'firstBoardMs', 'ms', 1500),
    atScale('elements on the board', 'boardElements', 'elements', MOST_ELEMENTS),
    atScale('elements on the page of the large ENV', 'envElements', 'elements', MOST_ELEMENTS),
    atScale('longest task of scrolling, board', 'boardScrollTaskMs', 'ms', MOST_TASK_MS),
    atScale('longest task of scrolling, machines', 'machineScrollTaskMs', 'ms', MOST_TASK_MS),
    atScale('main thread in the first seconds, board', 'boardFillMsPerS', 'ms/s', null),
    atScale('main thread in the first seconds, machines', 'fillMsPerS', 'ms/s', null),
    atScale('main thread while idle, board', 'boardIdleMsPerS', 'ms/s', MOST_IDLE_MS_PER_S),
    atScale('main thread while idle, machines', 'idleMsPerS', 'ms/s', MOST_IDLE_MS_PER_S),
    atScale('JavaScript heap', 'heapMiB', 'MiB', MOST_HEAP_MIB),
  ];
}

function task(what: string, { longestTaskMs, longestTasksMs, msPerS }: MainThread): Comparison {
  return {
    what,
    ours: `${longestTasksMs.slice(0, 3).map(short).join(', ')} ms`,
    peer: `${short(msPerS)} ms/s in all`,
    ratio: longestTaskMs,
    goal: atMost(MOST_TASK_MS),
    unit: 'ms',
  };
}

function actionRows(actions: ActionsMetrics): Comparison[] {
  return actionNames.map((name) => task(`longest tasks, ${name}`, actions[name]));
}

function scaleRows(scale: ScaleMetrics, size: Fill): Comparison[] {
  const count = size.machinesOfLarge;
  return [
    task(`longest tasks, ${count} machines are made, board`, scale.madeOnBoard),
    task(`longest tasks, ${count} machines are made, their page`, scale.madeOnPage),
    task('longest tasks, one small ENV more, board', scale.oneMore),
    task(`longest tasks, the page of ${count} opens`, scale.opened),
    task(`longest tasks, ${count} are selected`, scale.allSelected),
    task('longest tasks, 100 machines change a second, board', scale.changesOnBoard),
    task('longest tasks, 100 machines change a second, their page', scale.changesOnPage),
  ];
}
