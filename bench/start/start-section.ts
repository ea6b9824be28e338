// Section `start`: how long a command of `tt` takes from the shell, against Node with nothing to do.
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { startAgentProcess } from '../agent-process.ts';
import { buildIfStale } from '../../tools/start/build-if-stale.ts';
import { atMost, type Comparison, pair } from '../comparison.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';

const root = path.resolve(import.meta.dirname, '../..');
const TIMEOUT_MS = 60_000;
const COMMANDS = [
  { words: ['env', 'list'], goal: atMost(3) },
  { words: ['--version'], goal: null },
  // Over the link: what every command costs that does more than read.
  { words: ['env', 'show', 'one'], goal: null },
];

export const startSection: Section = {
  name: 'start',
  title: 'tt from the shell, against node -e 0',
  async run(context) {
    const { resources, folder, quick } = context;
    await buildIfStale(root);
    const imageDirectory = await makeStubImages(folder);
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake' });
    await agent.connection.client.env.create({ name: 'one', groups: [{ osPrefix: STUB_OS }] });
    const tt = path.join(root, 'cli/bin/tt.mjs');
    const rounds = quick ? 5 : 40;
    const comparisons: Comparison[] = [];
    for (const { words, goal } of COMMANDS) {
      const [ours, peer]: [number[], number[]] = [[], []];
      // The first round fills the cache of compiled code. Turns are taken, so that both sides see the same machine.
      for (let round = 0; round <= rounds; round++) {
        const oursMs = await timeOf([tt, ...words], agent.home);
        const peerMs = await timeOf(['-e', '0'], agent.home);
        if (round > 0) {
          ours.push(oursMs);
          peer.push(peerMs);
        }
      }
      comparisons.push({
        what: `tt ${words.join(' ')}`,
        ours: pair({ min: min(ours), median: median(ours) }, 'ms'),
        peer: pair({ min: min(peer), median: median(peer) }, 'ms'),
        ratio: median(ours) / median(peer),
        goal,
      });
    }
    return {
      comparisons,
      notes: ['both are started by this process: what a shell and npx take is in neither'],
      peerCommands: ['node -e 0'],
    };
  },
};

async function timeOf(args: readonly string[], home: string): Promise<number> {
  const begun = performance.now();
  await runCommand(process.execPath, args, { env: { TT_HOME: home }, timeoutMs: TIMEOUT_MS });
  return performance.now() - begun;
}
