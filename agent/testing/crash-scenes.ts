// Test support: an agent that is killed by SIGKILL at a named step of an operation, and the next one in the same folder.
// Afterwards the operation is completed or undone: no unknown process, tap, bridge, cgroup, rule, lease, disk or record remains.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { EnvDetail } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, makeLab } from './network-lab/lab.ts';
import { NO_LEFTOVERS, type RealAgent, type RealAgentOptions } from './real-agent.ts';
import { type HostState, hostStateOf } from './host-state.ts';

export interface CrashScene {
  what: string;
  /** Steps the agent dies at, one after the other. */
  steps: readonly string[];
  /** Done before it is armed. */
  before?: (agent: RealAgent) => Promise<unknown>;
  /** What the agent dies in. */
  act: (agent: RealAgent) => Promise<unknown>;
  /** How many VMs each ENV may have afterwards: as before the operation, or as after it. 0: there is none. */
  envs: Readonly<Record<string, readonly number[]>>;
  /** Guests that ran before it run on. */
  guestsStay?: boolean;
  /** More that must hold with the next agent. */
  after?: (agent: RealAgent) => Promise<unknown>;
}

export interface CrashOptions {
  /**
   * The agent that is started after a death is the one that dies at the next step of its scene, which saves half of the starts.
   * For scenes that leave nothing in the state folder but ENVs. The last agent of a scene is always an ordinary one.
   */
  handOn?: boolean;
}

export function describeCrashes(
  scenes: readonly CrashScene[],
  start: (options: RealAgentOptions) => Promise<RealAgent>,
  { handOn = false }: CrashOptions = {},
): void {
  let lab: Lab;
  let before: HostState;
  beforeAll(async () => {
    lab = await makeLab(['a']);
    before = await hostStateOf(lab.host('a'));
  });
  afterAll(() => lab.remove());

  describe.each(scenes)('an agent killed in $what', (scene) => {
    /** One that nothing is left of, and the step it will die at. */
    let handedOn: { agent: RealAgent; dieAt: string } | null = null;
    afterAll(() => discard(handedOn?.agent));

    it.each(scene.steps)('at %s leaves nothing half made', async (step) => {
      const host = lab.host('a');
      const next = handOn ? scene.steps[scene.steps.indexOf(step) + 1] : undefined;
      let agent = handedOn?.agent;
      const isReady = handedOn?.dieAt === step;
      handedOn = null;
      try {
        // A step that is run alone or once more, or whose predecessor failed, has an agent of its own.
        if (!agent || !isReady) {
          await discard(agent);
          agent = undefined;
          agent = await start({ host, flags: ['--network', 'nat'], dieAt: step });
        }
        await scene.before?.(agent);
        await agent.arm();
        const running = await agent.guestPids();
        const answer = scene.act(agent).then(
          () => 'answered',
          () => 'no answer',
        );
        expect(await agent.died()).toBe(true);
        // The last step may come after the answer is on its way.
        expect(['answered', 'no answer']).toContain(await answer);
        agent = await agent.restart(next === undefined ? {} : { dieAt: next });
        await checkWhole(agent, scene, running);
        await scene.after?.(agent);
        for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
        // Its mark on what it makes; other agents of this machine are not this test's affair.
        const tag = (await agent.client.host.show()).id.slice(0, 4);
        // zfs-fuse calls a dataset busy for seconds; the agent looks again every five.
        const ended = agent;
        await expect.poll(() => ended.leftovers(), { timeout: 30_000 }).toEqual(NO_LEFTOVERS);
        await expect
          .poll(async () => withoutAgent(await hostStateOf(host), tag, before), { timeout: 15_000 })
          .toEqual(withoutAgent(before, tag, before));
        if (next !== undefined) handedOn = { agent, dieAt: next };
      } finally {
        if (!handedOn) await discard(agent);
      }
    });
  });

  async function discard(agent: RealAgent | undefined): Promise<void> {
    await agent?.kill('SIGKILL');
    await agent?.endGuests();
    // Its address servers may hold a file system that goes with the agent.
    await lab.host('a').endAll();
    await agent?.remove();
  }
}

/** What is written down is what is there; guests that ran before run still, unless they were to be ended. */
async function checkWhole(agent: RealAgent, scene: CrashScene, before: readonly number[]): Promise<void> {
  const { client, home } = agent;
  const details = new Map<string, EnvDetail>();
  for (const { name } of (await client.env.list()).envs) details.set(name, await client.env.show({ name }));
  for (const name of details.keys()) expect(Object.keys(scene.envs)).toContain(name);
  for (const [name, counts] of Object.entries(scene.envs)) {
    expect(counts).toContain(details.get(name)?.vms.length ?? 0);
  }
  const vms = [...details.values()].flatMap((detail) => detail.vms);
  const { disks, guests } = await agent.leftovers();
  const ids = vms.map(({ id }) => id);
  expect(disks).toEqual(expect.arrayContaining(ids));
  await expect.poll(() => strangers(agent, ids), STRANGERS_GO).toBe(0);
  const up = vms.filter(({ state }) => state === 'running');
  expect(vms.every(({ state }) => state === 'running' || state === 'stopped')).toBe(true);
  expect(guests).toHaveLength(up.length);
  for (const {
    id,
    spec: { disks: known },
  } of vms) {
    expect(await agent.diskNames(id)).toEqual(known.map((disk) => disk.name));
  }
  if (scene.guestsStay) for (const pid of before) expect(guests).toContain(pid);
  // Their consoles can be reached.
  for (const { id } of up) await client.console.open({ vmId: id, kind: 'vnc' });
  for (const { id } of up) expect((await client.vm.screenshot({ vmId: id })).contentType).toBe('image/png');
  for (const detail of details.values()) {
    const ids = detail.vms.map(({ id }) => id).sort();
    for (const { vms: parts } of detail.snapshots) expect(parts.map(({ vmId }) => vmId).sort()).toEqual(ids);
  }
  const halfImages = (await readdir(path.join(home, 'images'))).filter((name) => name.startsWith('.'));
  const drafts = (await readdir(path.join(home, 'transfers'))).filter((name) => name.endsWith('.draft'));
  expect([halfImages, drafts]).toEqual([[], []]);
}

/** A warm instant that could not be removed at once (zfs-fuse calls a dataset busy for seconds) is removed within a minute. */
const STRANGERS_GO = { timeout: 120_000 };

/** How many VMs have disks that nothing accounts for: neither an ENV nor the warm instant of an image, whose VM is in no ENV. */
async function strangers({ client, leftovers }: RealAgent, ids: readonly string[]): Promise<number> {
  const { images } = await client.image.list();
  const { disks } = await leftovers();
  return disks.filter((id) => !ids.includes(id)).length - images.filter(({ warm }) => warm?.state === 'ready').length;
}

/** What is there besides the agent itself, which runs, with a firewall that has no VMs in it. */
function withoutAgent(
  { ruleset, links, processes, cgroups, mounts, ...rest }: HostState,
  tag: string,
  before: HostState,
): unknown {
  const elements = ruleset.match(/elements = \{[^}]*\}/g) ?? [];
  return {
    ...rest,
    links,
    // The file system or pool the agent’s storage is on is the test’s.
    mounts: mounts.filter((mount) => !/(xfs|btrfs),mount-|zfs,pool-|^kstat /.test(mount)),
    // An agent of an earlier run may have had the same tag: what was there before is not this one's.
    cgroups: cgroups.filter((folder) => folder.includes(`/tt-${tag}/`) && !before.cgroups.includes(folder)),
    processes: processes.filter((command) => !/\/agent\/(main|testing\/steered-agent)\.ts/.test(command)),
    // The users of guests are given to the agent as a whole.
    elements: elements.filter((text) => !/^elements = \{ \d{10}-\d{10} \}$/.test(text)),
  };
}
