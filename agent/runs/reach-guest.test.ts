// Which way leads to a guest: the helper where it can be, otherwise the guest agent alone.
import { expect, it, vi } from 'vitest';
import { EngineError, type EngineErrorCode } from '../engines/errors.ts';
import type { AgentChannel } from '../guest-channel/by-agent/agent-channel.ts';
import type { GuestChannel } from '../guest-channel/guest-channel.ts';
import { GuestError, type GuestErrorCode } from '../guest-channel/guest-error.ts';
import type { VmRecord } from '../state/vm-record.ts';
import { type Guests, reachGuest } from './reach-guest.ts';

const helper = { via: 'helper' } as GuestChannel;
const byAgent = { via: 'guestAgent' } as unknown as AgentChannel;
const guest = (code: GuestErrorCode) => new GuestError(code, 'told to fail');
const engine = (code: EngineErrorCode) => new EngineError(code, 'told to fail');

interface Way {
  port?: 'on' | 'off';
  helper?: Error;
  agent?: Error;
  hasAgent?: boolean;
}

/** What was tried, and how it ended. */
async function reached(way: Way, waitMs = 0) {
  const open = vi.fn(async () => (way.helper ? Promise.reject(way.helper) : helper));
  const openAgent = vi.fn(async () => (way.agent ? Promise.reject(way.agent) : byAgent));
  const vm = { spec: { guestHelper: way.port ?? 'on' }, status: { state: 'running' } } as VmRecord;
  const guests: Guests = {
    inventory: { findVm: () => vm },
    running: { get: () => ({}) as never },
    guestChannels: { open, openAgent, hasAgent: () => way.hasAgent === true },
    sshGuests: { open: () => Promise.reject(new Error('not asked for')) },
  };
  const wanted = { via: 'guestChannel', request: { argv: ['true'] } } as const;
  const { signal } = new AbortController();
  const found = await reachGuest(guests, { id: 'a', name: 'demo/a' }, wanted, waitMs, signal).catch(
    (error: { data: { reason: { code: string } } }) => error.data.reason.code,
  );
  return [open.mock.calls.length, openAgent.mock.calls.length, typeof found === 'string' ? found : found.via];
}

it('is the helper where it answers, and where it can be put', async () => {
  expect(await reached({})).toEqual([1, 0, 'helper']);
});

it('is the guest agent where there is no port, or no helper can run', async () => {
  expect(await reached({ port: 'off' })).toEqual([0, 1, 'guestAgent']);
  expect(await reached({ helper: guest('GUEST_HELPER_SILENT') })).toEqual([1, 1, 'guestAgent']);
  expect(await reached({ helper: engine('COMMAND_FAILED') })).toEqual([1, 1, 'guestAgent']);
  expect(await reached({ helper: guest('GUEST_HELPER_SILENT'), hasAgent: true })).toEqual([0, 1, 'guestAgent']);
});

it('is none while its guest agent is silent, or where it breaks the rules', async () => {
  expect(await reached({ helper: engine('GUEST_AGENT_SILENT') })).toEqual([1, 0, 'engine.GUEST_AGENT_SILENT']);
  expect(await reached({ helper: guest('GUEST_HELPER_INVALID') })).toEqual([1, 0, 'guest.GUEST_HELPER_INVALID']);
  // Waiting would not help.
  const unfit = { helper: guest('GUEST_HELPER_SILENT'), agent: guest('GUEST_AGENT_UNFIT') };
  expect(await reached(unfit, 3_600_000)).toEqual([1, 1, 'guest.GUEST_AGENT_UNFIT']);
});
