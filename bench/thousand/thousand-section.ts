// Section `thousand`: an ENV of 1000 VMs of the fake engine, so that what is measured is the agent's own work: until the call
// that adds it answers, and until `env.show` has answered with a page of it.
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { wholeEnv } from '../../client/index.ts';
import { type AgentProcess, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, type Goal, pair, short } from '../comparison.ts';
import { cpuSeconds } from '../proc.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { startFakeMachines } from './fake-machines.ts';

const VMS = 1000;
const QUICK_VMS = 200;
/** As `wholeEnv` asks for them. */
const IN_PAGE = 100;
const SHOWS = 15;

export const thousandSection: Section = {
  name: 'thousand',
  title: `an ENV of ${VMS} VMs with the fake engine: the agent's own work`,
  async run(context) {
    const { resources, folder, quick, say } = context;
    const [count, rounds] = quick ? [QUICK_VMS, 1] : [VMS, 3];
    const imageDirectory = await makeStubImages(folder);
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake' });
    const { client } = agent.connection;
    const add: number[] = [];
    const alone: number[] = [];
    const page: number[] = [];
    const whole: number[] = [];
    const pages: number[] = [];
    const remove: number[] = [];
    const bytes = { page: 0, whole: 0 };
    for (let round = 0; round < rounds; round++) {
      const name = `wide-${round}`;
      alone.push(await startFakeMachines(path.join(folder, `bare-${round}`), count, 2 * cpus().length));
      const added = await timed(agent, () =>
        client.env.create({ name, groups: [{ osPrefix: STUB_OS, copies: count }] }),
      );
      add.push(added.ms);
      say(`add: ${short(added.ms)} ms, ${short(added.cpuS)} s of processor time; load ${short(loadavg()[0] ?? 0)}`);
      for (let show = 0; show < SHOWS; show++) {
        const first = await timed(agent, () => client.env.show({ name, limit: IN_PAGE }));
        const all = await timed(agent, () => client.env.show({ name }));
        page.push(first.ms);
        whole.push(all.ms);
        pages.push((await timed(agent, () => wholeEnv(client, name))).ms);
        bytes.page = JSON.stringify(first.answer).length;
        bytes.whole = JSON.stringify(all.answer).length;
      }
      remove.push((await timed(agent, () => client.env.delete({ name }))).ms);
    }
    const row = (what: string, values: number[], goal: Goal | null, perUnit: number, unit: string): Comparison => ({
      what,
      ours: both(values),
      peer: '',
      ratio: median(values) / perUnit,
      goal,
      unit,
    });
    return {
      comparisons: [
        row(`add ${count} VMs, until the call answers`, add, atMost(3), 1000, 's'),
        {
          what: 'the same, against their fake machines alone',
          ours: both(add),
          peer: both(alone),
          ratio: median(add) / median(alone),
          goal: null,
        },
        row(`first page of env show, ${IN_PAGE} VMs, ${bytes.page} B`, page, atMost(50), 1, 'ms'),
        {
          what: `all of it in pages, against in one answer (${bytes.whole} B)`,
          ours: both(pages),
          peer: both(whole),
          ratio: median(pages) / median(whole),
          goal: null,
        },
        row(`delete ${count} VMs`, remove, null, 1000, 's'),
      ],
      notes: ['goals in seconds and milliseconds: they mean a machine that does nothing else'],
      peerCommands: [
        'fake machines alone: FakeEngine.start for each, in this process (bench/thousand/fake-machines.ts)',
      ],
    };
  },
};

async function timed<Answer>(
  { pid }: AgentProcess,
  call: () => Promise<Answer>,
): Promise<{ ms: number; cpuS: number; answer: Answer }> {
  const [begun, before] = [performance.now(), await cpuSeconds(pid)];
  const answer = await call();
  const ms = performance.now() - begun;
  return { ms, cpuS: (await cpuSeconds(pid)) - before, answer };
}

function both(values: readonly number[]): string {
  return pair({ min: min(values), median: median(values) }, 'ms');
}
