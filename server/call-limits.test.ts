// Limits per user: concurrent calls over all connections, and one feed per connection.
import { describe, expect, it } from 'vitest';
import { CallLimits } from './call-limits.ts';
import { nobody } from './identities.ts';

describe('counting', () => {
  const limits = new CallLimits(() => ({ callsInFlight: 2, connectionsPerAddress: 1 }));
  const ann = { name: 'ann', role: 'user' as const };
  const full = (user: string, limit: string, total: number) =>
    expect.objectContaining({ code: 'LIMIT_REACHED', data: { user, limit, total, used: total, wanted: 1 } });

  it('of calls is by user, and by address of those who have shown nothing', () => {
    const leave = limits.enterCall(ann, '10.0.0.1');
    limits.enterCall(ann, null);
    expect(() => limits.enterCall(ann, '10.0.0.2')).toThrow(full('ann', 'callsInFlight', 2));
    limits.enterCall({ name: 'bob', role: 'user' }, null);
    limits.enterCall(nobody, '10.0.0.1');
    limits.enterCall(nobody, '10.0.0.1');
    expect(() => limits.enterCall(nobody, '10.0.0.1')).toThrow(full('10.0.0.1', 'callsInFlight', 2));
    leave();
    limits.enterCall(ann, null);
  });

  it('of feeds is by connection', () => {
    const socket = {};
    const leave = limits.enterFeed(ann, socket);
    expect(() => limits.enterFeed(ann, socket)).toThrow(full('ann', 'feeds', 1));
    limits.enterFeed(ann, {});
    leave();
    limits.enterFeed(ann, socket);
  });
});
