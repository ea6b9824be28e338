// Who is asked how a guest is, and what is believed of the answers of guest agents.
import { expect, it } from 'vitest';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import type { GuestHost } from '../../guest-channel/guest-channels.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';
import { guestHealth } from './guest-health.ts';

const MIB = 1024 * 1024;
const MAC = '52:54:00:00:00:01';
const UNKNOWN = { uptimeMs: null, load: null, memory: null, rootDisk: null };
const byHelper = { ...UNKNOWN, uptimeMs: 5, nics: [] };
const interfaces = [
  { name: 'lo', 'hardware-address': '00:00:00:00:00:00', 'ip-addresses': [{ 'ip-address': '127.0.0.1' }] },
  {
    name: 'Ethernet 2',
    'hardware-address': MAC.toUpperCase(),
    'ip-addresses': [{ 'ip-address': '198.51.100.7' }, { 'ip-address': 'fe80::1%4' }, { 'ip-address': '<b>' }],
  },
  { name: 'tunnel' },
];
const byAgent = { ...UNKNOWN, nics: [{ name: 'Ethernet 2', mac: MAC, addresses: ['198.51.100.7', 'fe80::1'] }] };

/** What the channels would use. */
const UNUSED: GuestHost = {
  sockets: { guestHelper: '' } as GuestHost['sockets'],
  onRestart: () => () => {},
  isHelperPortOpen: () => Promise.resolve(true),
  guestAnswers: () => Promise.resolve(true),
  guestExec: () => Promise.reject(new EngineError('GUEST_AGENT_SILENT', 'no')),
};

type Answers = Readonly<Record<string, unknown>>;

interface Guest {
  /** What its agent answers, by call; null: it is silent. */
  agent?: Answers | null;
  /** What becomes of asking its helper; default: it answers. */
  helper?: 'old' | GuestError | EngineError;
  hasPort?: boolean;
  hasAgentOnly?: boolean;
}

function healthOf({ agent = null, helper, hasPort = true, hasAgentOnly = false }: Guest) {
  const execute = async (call: string) => {
    if (agent && call in agent) return agent[call];
    throw new EngineError(agent ? 'COMMAND_FAILED' : 'GUEST_AGENT_SILENT', 'no');
  };
  const askGuestAgent: RunningVm['askGuestAgent'] = (work) => work({ execute });
  return guestHealth(
    {
      inventory: { vm: () => ({ name: 'demo/one', spec: { guestHelper: hasPort ? 'on' : 'off' } }) },
      running: { need: () => ({ ...UNUSED, askGuestAgent }) },
      guestChannels: {
        hasAgent: () => hasAgentOnly,
        open: async () => {
          if (helper instanceof Error) throw helper;
          return { has: () => helper !== 'old', report: async () => byHelper };
        },
      },
    },
    'id',
  );
}

const agent = { 'guest-network-get-interfaces': interfaces };

it('is what the helper says, whatever the guest agent would', async () => {
  expect(await healthOf({ agent })).toEqual(byHelper);
});

it.each<[string, Guest]>([
  ['there is no port for the helper', { hasPort: false }],
  ['runs have found that no helper can be', { hasAgentOnly: true }],
  ['the helper is too old, and can’t be replaced', { helper: 'old' }],
  ['no helper can run', { helper: new GuestError('GUEST_HELPER_SILENT', 'no') }],
])('is what the guest agent knows where %s', async (_where, guest) => {
  expect(await healthOf({ ...guest, agent })).toEqual(byAgent);
});

it('has the root disk of Linux and of Windows where the guest agent tells sizes', async () => {
  const disk = (mountpoint: string, sizes: object) => ({ ...agent, 'guest-get-fsinfo': [{ mountpoint, ...sizes }] });
  const sizes = { 'used-bytes': 3 * MIB, 'total-bytes': 10 * MIB };
  const rootDisks = [disk('/', sizes), disk('C:\\', sizes), disk('/', {}), disk('/boot', sizes)].map(
    async (answers) => (await healthOf({ agent: answers, hasPort: false })).rootDisk,
  );
  const known = { totalMiB: 10, freeMiB: 7 };
  expect(await Promise.all(rootDisks)).toEqual([known, known, null, null]);
});

it.each<[string, Guest, string]>([
  ['both are silent', { helper: new GuestError('GUEST_HELPER_SILENT', 'no') }, 'engine.GUEST_AGENT_SILENT'],
  [
    'the helper breaks the protocol',
    { helper: new GuestError('GUEST_HELPER_INVALID', 'no'), agent },
    'guest.GUEST_HELPER_INVALID',
  ],
  ['the guest agent may not say its addresses', { hasPort: false, agent: {} }, 'engine.COMMAND_FAILED'],
  [
    'the guest agent says anything',
    { hasPort: false, agent: { 'guest-network-get-interfaces': 7 } },
    'guest.GUEST_AGENT_INVALID',
  ],
])('is not known where %s', async (_where, guest, reason) => {
  await expect(healthOf(guest)).rejects.toMatchObject({
    code: 'GUEST_HEALTH_UNKNOWN',
    data: { vmName: 'demo/one', reason: { code: reason } },
  });
});
