// Asking guests whether they answer: who is asked, how, until when, and which answers are recorded.
import { isSettled } from '@tt/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../engines/errors.ts';
import { readinessView } from '../../inventory/guest-readiness.ts';
import { testVm } from '../../inventory/test-vm.ts';
import { changedVm, type VmRecord, type VmRecordChange } from '../../state/vm-record.ts';
import { startTestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';
import { ReadinessWatch } from './readiness-watch.ts';

const NOW = '2026-11-30T08:00:00.000Z';
const SSH = { protocol: 'tcp', guestPort: 22, hostPort: 40_022, hostAddress: '127.0.0.1' } as const;
const AGENT: VmRecordChange = { placement: { features: ['guestAgent'] } };
const BOTH: VmRecordChange = { placement: { features: ['guestAgent'], portMap: [SSH] } };

/** A guest as the engine knows it, and what it was asked. */
class Guest {
  asked = 0;
  agent: () => Promise<boolean> = async () => false;
  isHelperOpen = false;
  panicked: () => Promise<boolean> = async () => false;
  restart: () => void = () => {};

  async guestAnswers(): Promise<boolean> {
    this.asked += 1;
    return this.agent();
  }
  async isHelperPortOpen(): Promise<boolean> {
    return this.isHelperOpen;
  }
  hasPanicked(): Promise<boolean> {
    return this.panicked();
  }
  onRestart(listener: () => void): () => void {
    this.restart = listener;
    return () => {};
  }
}

let vms: Map<string, VmRecord>;
let guests: Map<string, Guest>;
let changes: number;
let greeted: string[];
let greets: () => Promise<boolean>;
let watch: ReadinessWatch;

beforeEach(() => {
  vms = new Map();
  guests = new Map();
  changes = 0;
  greeted = [];
  greets = async () => false;
  watch = new ReadinessWatch({
    inventory: {
      vms: () => [...vms.values()],
      findVm: (id) => vms.get(id) ?? null,
      updateVm: (id, change) => {
        changes += 1;
        const next = changedVm(recordOf(id), change);
        vms.set(id, next);
        return next;
      },
    },
    running: { get: (id) => guests.get(id) ?? null },
    now: () => new Date(NOW),
    greets: ({ host, port }) => {
      greeted.push(`${host}:${port}`);
      return greets();
    },
  });
});

function recordOf(id: string): VmRecord {
  const vm = vms.get(id);
  if (!vm) throw new Error(`there is no ${id}`);
  return vm;
}

function put(id: string, about: VmRecordChange): Guest {
  vms.set(id, changedVm(changedVm(testVm(id), { status: { runningSince: 'first' } }), about));
  const guest = new Guest();
  guests.set(id, guest);
  return guest;
}

const stageOf = (id: string) => readinessView(recordOf(id))?.stage ?? null;

async function look(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await watch.look();
}

describe('a guest', () => {
  it('boots until its agent answers, and then until ssh does; after that nobody asks', async () => {
    const guest = put('a', BOTH);
    await look(2);
    expect([stageOf('a'), changes, greeted.length]).toEqual(['booting', 0, 2]);
    guest.agent = async () => true;
    await look(1);
    expect(readinessView(recordOf('a'))).toEqual({ stage: 'agentAnswers', agentAt: NOW, sshAt: null });
    await look(1);
    expect([guest.asked, greeted.length]).toEqual([3, 4]);
    greets = async () => true;
    await look(3);
    expect(readinessView(recordOf('a'))).toEqual({ stage: 'sshAnswers', agentAt: NOW, sshAt: NOW });
    expect([guest.asked, greeted.length, changes]).toEqual([3, 5, 2]);
    expect(greeted[0]).toBe('127.0.0.1:40022');
  });

  it('answers by its helper, without being asked', async () => {
    const guest = put('a', { spec: { guestHelper: 'on' } });
    guest.isHelperOpen = true;
    await look(1);
    expect([stageOf('a'), guest.asked]).toEqual(['agentAnswers', 0]);
  });

  it('is unknown when nothing in it could answer, and never asked', async () => {
    const guest = put('a', {});
    await look(3);
    expect([stageOf('a'), guest.asked, greeted, changes]).toEqual(['unknown', 0, [], 0]);
  });

  it('whose agent is busy with others is asked again', async () => {
    const guest = put('a', AGENT);
    guest.agent = () => Promise.reject(new EngineError('COMMAND_FAILED', 'busy'));
    await look(1);
    expect(stageOf('a')).toBe('booting');
    guest.agent = async () => true;
    await look(1);
    expect(stageOf('a')).toBe('agentAnswers');
  });

  it('that never answers is asked less and less, and then no more, which is said', async () => {
    const guest = put('a', AGENT);
    await look(90);
    expect(guest.asked).toBe(90);
    await look(100);
    expect([guest.asked, stageOf('a')]).toEqual([100, 'booting']);
    await look(710);
    expect(stageOf('a')).toBe('silent');
    const { asked } = guest;
    await look(50);
    expect([guest.asked, changes]).toEqual([asked, 1]);
  });

  it('begins anew when it restarts, is reset or reverted, and with the next run', async () => {
    const guest = put('a', AGENT);
    guest.agent = async () => true;
    await look(1);
    guest.restart();
    expect(stageOf('a')).toBe('booting');
    await look(1);
    watch.askAgain('a');
    expect(stageOf('a')).toBe('booting');
    await look(1);
    expect(stageOf('a')).toBe('agentAnswers');
    vms.set('a', changedVm(recordOf('a'), { status: { runningSince: 'second' } }));
    expect(stageOf('a')).toBe('booting');
    vms.set('a', changedVm(recordOf('a'), { status: { state: 'stopped', process: null, runningSince: null } }));
    expect(stageOf('a')).toBeNull();
  });

  it('that restarts while it is asked is not said to answer', async () => {
    const guest = put('a', AGENT);
    guest.agent = async () => {
      watch.askAgain('a');
      return true;
    };
    await look(1);
    expect([stageOf('a'), guest.asked]).toEqual(['booting', 1]);
  });

  it('that was silent under an earlier agent is silent until it answers', async () => {
    const readiness = { runningSince: 'first', agentAt: null, sshAt: null, gaveUp: true };
    const guest = put('a', { ...AGENT, guest: { readiness } });
    await look(2);
    expect([stageOf('a'), guest.asked]).toEqual(['silent', 2]);
    guest.agent = async () => true;
    await look(1);
    expect(stageOf('a')).toBe('agentAnswers');
  });
});

it('of many silent guests each comes to its turn', async () => {
  for (let number = 0; number < 100; number += 1) put(`vm-${number}`, AGENT);
  await look(2);
  expect([...guests.values()].filter(({ asked }) => asked === 0)).toEqual([]);
});

it('one that has panicked is asked nothing, until it is reset', async () => {
  const guest = put('a', AGENT);
  guest.panicked = async () => true;
  await look(3);
  expect(readinessView(recordOf('a'))).toEqual({ stage: 'booting', agentAt: null, sshAt: null, panickedAt: NOW });
  expect([guest.asked, changes]).toEqual([0, 1]);
  guest.panicked = async () => false;
  guest.agent = async () => true;
  watch.askAgain('a');
  expect(readinessView(recordOf('a'))).not.toHaveProperty('panickedAt');
  await look(1);
  expect(readinessView(recordOf('a'))).toEqual({ stage: 'agentAnswers', agentAt: NOW, sshAt: null });
  // One that had answered, and whose kernel goes on after all, as after kexec.
  guest.panicked = async () => true;
  await look(1);
  expect(readinessView(recordOf('a'))).toMatchObject({ agentAt: NOW, panickedAt: NOW });
  guest.panicked = async () => false;
  await look(1);
  expect(readinessView(recordOf('a'))).toEqual({ stage: 'agentAnswers', agentAt: NOW, sshAt: null });
});

it('one that ends while it is looked at has not panicked', async () => {
  const gone = put('gone', AGENT);
  gone.panicked = () => Promise.reject(new EngineError('VM_GONE', 'it has ended'));
  const files = put('files', AGENT);
  files.panicked = () => Promise.reject(Object.assign(new Error('no log'), { code: 'ENOENT' }));
  const restarted = put('restarted', AGENT);
  restarted.panicked = async () => {
    guests.set('restarted', new Guest());
    return true;
  };
  await look(1);
  for (const id of ['gone', 'files', 'restarted']) expect(readinessView(recordOf(id))).not.toHaveProperty('panickedAt');
});

it('of many that run each is looked at in its turn', async () => {
  const looked = new Set<string>();
  for (let number = 0; number < 150; number += 1) {
    put(`vm-${number}`, {}).panicked = async () => {
      looked.add(`vm-${number}`);
      return false;
    };
  }
  await look(3);
  expect(looked.size).toBe(150);
});

it('what is booting is not settled; what does not run, is unknown or silent is', () => {
  const at = { agentAt: null, sshAt: null };
  const settled = (['booting', 'agentAnswers', 'sshAnswers', 'silent', 'unknown'] as const).map((stage) =>
    isSettled({ state: 'running', readiness: { stage, ...at } }),
  );
  expect(settled).toEqual([false, true, true, true, true]);
  expect(isSettled({ state: 'running', readiness: { stage: 'booting', ...at, panickedAt: NOW } })).toBe(true);
  expect([isSettled({ state: 'stopped', readiness: null }), isSettled({ state: 'creating', readiness: null })]).toEqual(
    [true, false],
  );
});

it('an agent tells all who follow when a guest first answers, and again after a reset', async () => {
  const agent = await startTestAgent({ readinessLookMs: 10 });
  try {
    const { vms: made } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const vmId = made[0]?.id ?? '';
    const stage = async () => (await agent.client.vm.show({ vmId })).readiness?.stage;
    await until('it answers', async () => (await stage()) === 'agentAnswers');
    await agent.client.vm.reset({ vmId });
    await until('it answers again', async () => (await stage()) === 'agentAnswers');
    const told = agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'vm.updated' ? [item.event.data.readiness?.stage] : [],
    );
    expect(told.filter((now, index) => now !== told[index - 1])).toEqual(
      expect.arrayContaining(['booting', 'agentAnswers']),
    );
    await agent.client.vm.stop({ vmId, graceS: 0 });
    expect((await agent.client.vm.show({ vmId })).readiness).toBeNull();
  } finally {
    await agent.stop();
  }
});
