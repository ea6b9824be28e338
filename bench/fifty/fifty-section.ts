// Section `fifty`: fifty guests requested in one call: how many boot, and when. Compared with the same guests started by
// hand: all at once, and in waves of one guest per processor.
import { cpus, loadavg } from 'node:os';
import { readyImage, startAgentProcess } from '../agent-process.ts';
import { atLeast, atMost, type Comparison, type Goal, short } from '../comparison.ts';
import { readImage } from '../create-boot/create-boot-section.ts';
import type { Section } from '../section.ts';
import { type Load, loadByAgent, loadByHand } from './load.ts';

const COUNT = 50;
const QUICK_COUNT = 12;
/** Those who are not there after this never come. */
const LIMIT_MS = 300_000;
/** All at once they come together at the end, or never: by then those that come have come. */
const AT_ONCE_LIMIT_MS = 120_000;

export const fiftySection: Section = {
  name: 'fifty',
  title: `${COUNT} guests asked for in one call, until all of them ask for a login`,
  async run(context) {
    const { resources, folder, quick, say } = context;
    const count = quick ? QUICK_COUNT : COUNT;
    const imageDirectory = await context.imageDirectory();
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'qemu' });
    const imageName = await readyImage(agent);
    const image = await readImage(imageDirectory, imageName);
    const acceleration = (await agent.connection.client.host.show()).engines[0]?.acceleration?.kind ?? 'tcg';
    const width = cpus().length;
    const tell = (who: string, load: Load) => {
      say(`${who}: ${inWords(load, count)}; load ${short(loadavg()[0] ?? 0)}`);
      return load;
    };
    say(`load before: ${short(loadavg()[0] ?? 0)}`);
    const byHand = (limitMs: number, wide: number) =>
      loadByHand(context, image, acceleration, { count, limitMs, width: wide });
    const ours = tell('agent', await loadByAgent(agent, imageName, { count, limitMs: LIMIT_MS }));
    const waves = tell(`by hand, ${width} at a time`, await byHand(LIMIT_MS, width));
    const atOnce = tell('by hand, all at once', await byHand(AT_ONCE_LIMIT_MS, count));
    return {
      comparisons: compare(count, ours, waves, atOnce),
      notes: [
        `${count} guests of ${acceleration.toUpperCase()} on ${width} processors; image ${imageName}; one run of each`,
        `all at once is given up after ${AT_ONCE_LIMIT_MS / 1000} s; who is missing then has panicked (see its serial.log)`,
      ],
      peerCommands: [
        'all at once: for i in ...; do qemu-img create ... && qemu-system-x86_64 ... & done (arguments as in create-boot)',
        `${width} at a time: the same by "xargs -P ${width}", each until the login prompt stands in its serial.log`,
        'delete: QMP quit to all, until the processes are gone; rm -r of their folders',
      ],
    };
  },
};

function compare(count: number, ours: Load, waves: Load, atOnce: Load): Comparison[] {
  const seconds = (ms: number | undefined) => (ms === undefined ? 'never' : `${short(ms / 1000)} s`);
  const time = (what: string, our: number | undefined, peer: number | undefined, goal: Goal | null): Comparison => ({
    what,
    ours: seconds(our),
    peer: seconds(peer),
    ratio: our === undefined || peer === undefined ? null : our / peer,
    goal,
  });
  const up = ({ promptMs }: Load) => `${promptMs.length} of ${count}`;
  const last = ({ promptMs }: Load) => promptMs[count - 1];
  const half = ({ promptMs }: Load) => promptMs[Math.ceil(count / 2) - 1];
  return [
    {
      what: 'guests that come up, against all at once',
      ours: up(ours),
      peer: up(atOnce),
      // Of those asked for: more than the peer is not enough.
      ratio: ours.promptMs.length / count,
      goal: atLeast(1),
      unit: 'of those asked for',
    },
    time('until the last one is ready, against waves by hand', last(ours), last(waves), atMost(1.3)),
    time('until half of them are ready, against waves by hand', half(ours), half(waves), null),
    time('the same, against all at once', half(ours), half(atOnce), null),
    time('until all run (QMP), against all at once', ours.startedMs, atOnce.startedMs, null),
    time(
      'until the call says how far it is, against all at once running',
      ours.progress?.firstMs,
      atOnce.startedMs,
      atMost(1.3),
    ),
    {
      what: 'the longest time without a word of its progress',
      ours: seconds(ours.progress?.silenceMs),
      peer: `${ours.progress?.steps ?? 0} reports`,
      ratio: null,
      goal: null,
    },
    time('delete all of them', ours.deleteMs, waves.deleteMs, null),
  ];
}

function inWords({ promptMs, startedMs }: Load, count: number): string {
  const at = (ms: number | undefined) => (ms === undefined ? '-' : `${short(ms / 1000)} s`);
  return (
    `${promptMs.length} of ${count} ready, first ${at(promptMs[0])}, half ${at(promptMs[Math.floor(count / 2)])}, ` +
    `last ${at(promptMs.at(-1))}; all started after ${at(startedMs)}`
  );
}
