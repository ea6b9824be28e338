// An agent stops everything it started: with VMs, followers, consoles and timers, and after a failed start. Also proves that the
// harness of the other tests notices what must never happen.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STREAM_PATH, TtError } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FakeCgroups, type FakeGroups } from './cgroups/fake-cgroups.ts';
import { startTestAgent } from './testing/in-process-agent.ts';
import { declaredOnly } from './testing/declared-errors.ts';
import { until } from './testing/until.ts';

/** Sockets, servers and timers that keep this process alive, by kind. */
function handles(): Record<string, number> {
  const kinds = process.getActiveResourcesInfo().filter((kind) => /Wrap$|Server|Timeout|Immediate/.test(kind));
  return Object.fromEntries(
    Object.entries(Object.groupBy(kinds, (kind) => kind)).map(([kind, all]) => [kind, all?.length ?? 0]),
  );
}

/** What is held once nothing has changed for a while: the ends of an earlier life come a few turns late. */
async function restingHandles(): Promise<Record<string, number>> {
  let last = '';
  let sameSince = performance.now();
  await until('handles come to rest', () => {
    const now = JSON.stringify(handles());
    if (now !== last) sameSince = performance.now();
    last = now;
    return performance.now() - sameSince > 300;
  });
  return handles();
}

describe('an agent', () => {
  it('that tears down on exit leaves no group of a VM, running or stopped', async () => {
    const groups: FakeGroups = new Map();
    const agent = await startTestAgent({ config: { tearDownOnExit: true }, cgroups: new FakeCgroups({ groups }) });
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    await agent.client.vm.stop({ vmId: vms[0]?.id ?? '' });
    expect(groups.size).toBeGreaterThan(0);
    await agent.stop();
    expect([...groups.keys()]).toEqual([]);
  });

  it('that ended holds nothing: no socket, server or timer', async () => {
    // What is made once per process (a thread for name lookups, say) is there after the first life.
    await (await startTestAgent()).stop();
    const before = await restingHandles();

    const agent = await startTestAgent();
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const { ticket } = await agent.client.console.open({ vmId: vms[0]?.id ?? '', kind: 'serial' });
    const viewer = new WebSocket(agent.url.replace('http', 'ws') + STREAM_PATH, {
      headers: { authorization: `Bearer ${agent.token}` },
    });
    await once(viewer, 'open');
    viewer.send(JSON.stringify({ ticket }));
    await once(viewer, 'message');
    const events = await fetch(`${agent.url}/api/events`, { headers: { authorization: `Bearer ${agent.token}` } });
    const silent = new WebSocket(agent.url.replace('http', 'ws') + STREAM_PATH, {
      headers: { authorization: `Bearer ${agent.token}` },
    });
    await once(silent, 'open');
    expect(handles()).not.toEqual(before);

    const [gone] = await Promise.all([once(viewer, 'close'), agent.stop()]);
    expect(gone[0]).toBe(1006);
    await events.text().catch(() => '');
    await until('nothing is held any more', () => {
      // What the first life had lent (a connection kept alive by fetch) may be gone by now: fewer is fine, more is a leak.
      const more = Object.entries(handles()).filter(([kind, count]) => count > (before[kind] ?? 0));
      return more.length === 0;
    });
  });

  it('that can’t listen lets go of its folder and says why', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const first = await startTestAgent();
    await first.stop({ keep: true });
    const again = { home: first.home, fakeHost: first.fakeHost };
    await expect(startTestAgent({ ...again, config: { port } })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      data: { host: '127.0.0.1', port, reason: { code: 'portInUse' } },
    });
    other.close();
    const second = await startTestAgent({ ...again, config: { port } });
    expect(second.url).toBe(`http://127.0.0.1:${port}`);
    await second.stop();
  });

  it('that is stopped twice ends once', async () => {
    const agent = await startTestAgent();
    await Promise.all([agent.stop(), agent.stop()]);
  });
});

describe('the test agent notices', () => {
  it('a fault of the program that no test asked for', async () => {
    const agent = await startTestAgent();
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    agent.engine.failNext('destroy', 'COMMAND_FAILED');
    await expect(agent.client.env.delete({ name: 'demo' })).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(agent.stop()).rejects.toThrow('fault: ');
  });

  it('a code that a call does not declare', async () => {
    const faults: string[] = [];
    const odd = {
      env: { list: () => Promise.reject(new TtError('ENV_BUSY', { envName: 'a', operation: 'env.stop' })) },
    };
    const all = new Proxy(odd, { get: (target, name) => Reflect.get(target, name) ?? {} });
    const client = declaredOnly(all as never, (fault) => faults.push(fault));
    await expect(client.env.list()).rejects.toMatchObject({ code: 'ENV_BUSY' });
    expect(faults).toEqual(['env.list failed with ENV_BUSY, which it does not declare']);
  });
});
