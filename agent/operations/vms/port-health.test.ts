// Ports are asked once for all who look, only while their machine runs, and a few at a time.
import type { PortHealth, PortMapping } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { PortToProbe } from '../../engines/port-probe.ts';
import { until } from '../../testing/until.ts';
import { testVm } from '../../inventory/test-vm.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { PortHealths } from './port-health.ts';

const port = (guestPort: number, protocol: 'tcp' | 'udp' = 'tcp'): PortMapping => ({
  protocol,
  guestPort,
  hostPort: 20_000 + guestPort,
  hostAddress: '127.0.0.2',
});
function withPorts(vm: VmRecord, ...portMap: PortMapping[]): VmRecord {
  return { ...vm, placement: { ...vm.placement, portMap } };
}

function setUp(first: VmRecord) {
  const asked: PortToProbe[] = [];
  const answers: ((health: PortHealth) => void)[] = [];
  const world = { vm: first, nowMs: 0 };
  const healths = new PortHealths({
    inventory: { vm: () => world.vm },
    nowMs: () => world.nowMs,
    probe: (about) => {
      asked.push(about);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  const answer = (health: PortHealth) => {
    for (const resolve of answers.splice(0)) resolve(health);
  };
  const look = async () => (await healths.look('a')).ports.map(({ health }) => health);
  return { asked, answer, world, look };
}

it('asks once for all who look within five seconds, and again for another run', async () => {
  const { asked, answer, world, look } = setUp(withPorts(testVm('a'), port(80), port(5432)));
  const both = Promise.all([look(), look()]);
  await until('both ports are asked', () => asked.length === 2);
  expect(asked.map(({ port: at, ask }) => [at, ask])).toEqual([
    [20_080, 'http'],
    [25_432, 'none'],
  ]);
  answer('open');
  expect(await both).toEqual([
    ['open', 'open'],
    ['open', 'open'],
  ]);
  world.nowMs = 4_999;
  expect(await look()).toEqual(['open', 'open']);
  expect(asked).toHaveLength(2);
  world.nowMs = 5_000;
  const later = look();
  await until('they are asked again', () => asked.length === 4);
  answer('closed');
  expect(await later).toEqual(['closed', 'closed']);
  world.vm = withPorts(testVm('a', 'stopped'), port(80));
  expect(await look()).toEqual(['unknown']);
  expect(asked).toHaveLength(4);
});

it('takes silence behind QEMU for nothing until the guest has answered somewhere', async () => {
  const silent = setUp(withPorts(testVm('a'), port(5432)));
  const first = silent.look();
  const { runningSince } = silent.world.vm.status;
  const readiness = { runningSince, agentAt: '2026-11-30T10:00:00.000Z', sshAt: null, gaveUp: false };
  const up = testVm('a');
  const answered = setUp(withPorts({ ...up, guest: { ...up.guest, readiness } }, port(5432)));
  const second = answered.look();
  await until('both are asked', () => silent.asked.length + answered.asked.length === 2);
  expect([silent.asked[0]?.silenceIsOpen, answered.asked[0]?.silenceIsOpen]).toEqual([false, true]);
  silent.answer('unknown');
  answered.answer('open');
  expect(await Promise.all([first, second])).toEqual([['unknown'], ['open']]);
});

it('asks neither udp nor more ports than sixteen, and no more than eight at a time', async () => {
  const many = Array.from({ length: 20 }, (_, index) => port(1000 + index));
  const { asked, answer, look } = setUp(withPorts(testVm('a'), port(53, 'udp'), ...many));
  const looked = look();
  await until('the first are asked', () => asked.length > 0);
  expect(asked).toHaveLength(8);
  answer('open');
  await until('the others are asked', () => asked.length === 15);
  answer('open');
  expect(await looked).toEqual(['unknown', ...Array<string>(15).fill('open'), ...Array<string>(5).fill('unknown')]);
});
