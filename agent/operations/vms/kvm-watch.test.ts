// Guests that got KVM and hang, or whose KVM fails: restarted with TCG once, reported to all followers, and remembered for the
// host. Guests that are only quiet, or only busy, are left alone.
import { reason, type Vm } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { FakeCgroups } from '../../cgroups/fake-cgroups.ts';
import type { VmUsage } from '../../cgroups/interface.ts';
import { FakeEngine } from '../../engines/fake-engine.ts';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

/** The watch's minutes pass as tenths of seconds. */
const SPEED = 100;
const nowMs = () => performance.now() * SPEED;

/** Guests that take a share of one processor. */
class SteadyCgroups extends FakeCgroups {
  share = 1;
  looks = 0;
  override async usage(vmId: string): Promise<VmUsage> {
    this.looks++;
    return { ...(await super.usage(vmId)), cpuUs: Math.round(nowMs() * 1000 * this.share) };
  }
}

let agent: TestAgent;
let cgroups: SteadyCgroups;
afterEach(() => agent.stop());

async function startWithKvm(hangs: FakeEngine['hangs'], config: TestAgentOptions['config'] = {}): Promise<Vm> {
  cgroups = new SteadyCgroups();
  agent = await startTestAgent({
    config,
    cgroups,
    kvmWatch: { nowMs, lookEveryMs: 20, answerTimeoutMs: 20 },
    makeEngine: (host) => {
      const engine = new FakeEngine({
        host,
        acceleration: { kind: 'kvm', reason: reason('kvmGoodAlone', { kvmS: '0.2' }) },
      });
      engine.hangs = hangs;
      return engine;
    },
  });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  const [vm] = vms;
  expect(vm).toMatchObject({ state: 'running', acceleration: 'kvm', failure: null });
  return vm as Vm;
}

const show = (vm: Vm) => agent.client.vm.show({ vmId: vm.id });
const restarts = () =>
  agent.feed.flatMap((item) =>
    item.kind === 'event' &&
    item.event.type === 'operation.updated' &&
    item.event.data.step?.code === 'restartingWithoutKvm'
      ? [item.event.data.state]
      : [],
  );
/** So long that a guest which is to be restarted would have been. */
async function minutesPass(minutes: number): Promise<void> {
  const end = nowMs() + minutes * 60_000;
  await until('the time has passed', () => nowMs() > end);
}
const hostNow = async () => (await agent.client.host.show()).engines[0]?.acceleration;

it('restarts a guest that hangs, says so, and marks the host once it lives with TCG', async () => {
  const vm = await startWithKvm('kvm');
  await until('the host is marked', async () => (await hostNow())?.kind === 'tcg');
  const shown = await show(vm);
  expect(shown).toMatchObject({
    state: 'running',
    acceleration: 'tcg',
    failure: { code: 'VM_RESTARTED_WITHOUT_KVM', data: { reason: { code: 'kvmNoSignOfLife' } } },
  });
  expect((await hostNow())?.reason).toEqual(reason('kvmBlamedSilent', { vmName: shown.name }));
  // Everybody who follows was told, with the ENV and the machine.
  expect(restarts()).toContain('succeeded');
  const updates = agent.feed.flatMap((item) =>
    item.kind === 'event' && item.event.type === 'vm.updated' ? [item.event.data.failure?.code] : [],
  );
  expect(updates).toContain('VM_RESTARTED_WITHOUT_KVM');
  // The next guests do without KVM, and the word goes when its user starts it anew.
  await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
  expect(await agent.client.vm.start({ vmId: vm.id })).toMatchObject({ acceleration: 'tcg', failure: null });
});

it('restarts a guest whose KVM reports an internal error, though it has lived before', async () => {
  const vm = await startWithKvm('none');
  agent.engine.failInternally(vm.id);
  await until('it runs with TCG', async () => (await show(vm)).acceleration === 'tcg');
  await until('the host is marked', async () => (await hostNow())?.kind === 'tcg');
  expect(await show(vm)).toMatchObject({
    state: 'running',
    failure: { code: 'VM_RESTARTED_WITHOUT_KVM', data: { reason: { code: 'kvmInternalError' } } },
  });
});

it('restarts a guest that hangs with TCG too only once, and does not hold it against KVM', async () => {
  const vm = await startWithKvm('all');
  await until('it is restarted', async () => (await show(vm)).acceleration === 'tcg');
  await until('the restart has ended', () => restarts().includes('succeeded'));
  await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
  expect(await agent.client.vm.start({ vmId: vm.id })).toMatchObject({ acceleration: 'kvm' });
  await minutesPass(3);
  expect([(await show(vm)).acceleration, (await hostNow())?.kind]).toEqual(['kvm', 'kvm']);
});

it('leaves a guest alone that waits in its firmware, one that draws, and one that has come up and computes', async () => {
  const waiting = await startWithKvm('kvm');
  cgroups.share = 0.05;
  await minutesPass(2);
  expect(await show(waiting)).toMatchObject({ acceleration: 'kvm', failure: null });
  await agent.client.vm.stop({ vmId: waiting.id, graceS: 0 });

  cgroups.share = 1;
  await agent.client.vm.start({ vmId: waiting.id });
  const end = nowMs() + 2 * 60_000;
  await until('it has drawn for two minutes', () => {
    agent.engine.drawOnScreen(waiting.id, `frame ${Math.floor(nowMs() / 2_000)}`);
    return nowMs() > end;
  });
  await minutesPass(2);
  expect(await show(waiting)).toMatchObject({ acceleration: 'kvm', failure: null });

  agent.engine.hangs = 'none';
  const { vms } = await agent.client.env.create({ name: 'busy', groups: [{ osPrefix: 'tiny' }] });
  await minutesPass(2);
  expect(await show(vms[0] as Vm)).toMatchObject({ acceleration: 'kvm', failure: null });
  expect(cgroups.looks).toBeGreaterThan(10);
  expect(restarts()).toEqual([]);
});

it('leaves KVM alone where the configuration asks for it', async () => {
  const vm = await startWithKvm('kvm', { acceleration: 'kvm' });
  await minutesPass(3);
  expect(await show(vm)).toMatchObject({ acceleration: 'kvm', failure: null });
  agent.engine.failInternally(vm.id);
  await until('its trouble is shown', async () => (await show(vm)).failure?.code === 'VM_CONTROL_FAILED');
  expect(restarts()).toEqual([]);
});
