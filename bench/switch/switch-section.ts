// Section `switch`: what machines see of the network between them and out of it, on a switch of ours against QEMU’s user networking alone,
// as emulated guests use it.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { GuestShell } from '../../agent/engines/guest-shell.ts';
import {
  LOGIN_TIMEOUT_MS,
  type RealSwitched,
  startRealSwitched,
} from '../../agent/network/switch/test-real-switched.ts';
import { atLeast, atMost, type Comparison, type Goal, pair, short } from '../comparison.ts';
import { cpuSeconds } from '../proc.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { waitUntil } from '../wait-until.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const LIMIT_MS = 300_000;
/** Where QEMU's user networking shows the host to its guest, when nobody else says where. */
const USER_GATEWAY = '10.0.2.2';
const SINK_PORT = 9000;

interface Way {
  name: string;
  shell: GuestShell;
  address: string;
  port: number;
  mibPerS: number[];
  roundTripMs: number[];
}

export const switchSection: Section = {
  name: 'switch',
  title: 'frames between machines and out of them, over a switch, against user networking alone',
  async run({ resources, quick, say }) {
    const bytes = (quick ? 8 : 64) * MIB;
    const port = await startSink(resources, bytes);
    say('starting two machines on a switch and one with user networking ...');
    const switched = await startRealSwitched(['web', 'db']);
    resources.defer(() => switched.remove());
    const alone = await startAlone(switched, resources);
    const [web, db] = switched.machines;
    if (!web || !db) throw new Error('two machines run');
    const sink = `echo 'exec head -c ${bytes} >/dev/null' >/tmp/sink; nc -ll -p ${SINK_PORT} -e /bin/sh /tmp/sink & true`;
    await db.shell.run(sink);
    const gateway = web.ip.replace(/\d+$/, '1');
    const way = (name: string, shell: GuestShell, address: string, to: number): Way => {
      return { name, shell, address, port: to, mibPerS: [], roundTripMs: [] };
    };
    const user = way('out, by user networking alone', alone, USER_GATEWAY, port);
    const out = way('out, over a switch', web.shell, gateway, port);
    const between = way('between two machines on a switch', web.shell, db.ip, SINK_PORT);
    const pid = Number.parseInt((await switched.runner.run()) ?? '', 10);
    const cpuSPerGiB: number[] = [];
    for (let round = 1; round <= (quick ? 2 : 7); round++) {
      for (const one of [user, out, between]) {
        const before = await cpuSeconds(pid);
        await measure(one, bytes);
        if (one === between) cpuSPerGiB.push(((await cpuSeconds(pid)) - before) / (bytes / GIB));
        const [rate, ms] = [one.mibPerS.at(-1) ?? 0, one.roundTripMs.at(-1) ?? 0];
        say(`round ${round}, ${one.name}: ${short(rate)} MiB/s, ${short(ms)} ms`);
      }
    }
    return {
      comparisons: [
        rates('bytes out of a machine', out, user, atLeast(0.5)),
        rates('bytes between two machines, against out of one', between, user, atLeast(0.5)),
        times('ping to the gateway', out, user, atMost(2)),
        times('ping to a neighbour, against the gateway of user networking', between, user, atMost(2)),
        {
          what: 'processor time of the switch for a GiB between two machines',
          ours: `${short(median(cpuSPerGiB))} s`,
          peer: '',
          ratio: null,
          goal: null,
        },
      ],
      notes: [
        'guests are emulated (TCG): they send and answer more slowly than with KVM, and all use the same processors',
      ],
      peerCommands: [
        'qemu-system-x86_64 ... -netdev user,id=net0 -device virtio-net-pci,netdev=net0',
        `in the guest: dd if=/dev/zero bs=64k count=N | nc ${USER_GATEWAY} PORT; ping -c 20 -i 0.1 ${USER_GATEWAY}`,
      ],
    };
  },
};

/** A machine whose QEMU has user networking and nothing else. */
async function startAlone(switched: RealSwitched, resources: AsyncDisposableStack): Promise<GuestShell> {
  const spec = await switched.guests.makeSpec('alone');
  const nics = spec.nics.map((nic) => (nic.kind === 'user' ? { ...nic, denyOutgoing: false } : nic));
  const vm = await switched.engine.start({ ...spec, nics });
  resources.defer(() => switched.engine.stop(spec, vm.process));
  const shell = await GuestShell.login(vm.sockets.serial, { loginTimeoutMs: LOGIN_TIMEOUT_MS });
  resources.defer(() => shell.close());
  const look = async () => ((await shell.run('ip -4 -o addr show dev eth0 || true')).includes('10.0.2.') ? true : null);
  await waitUntil('the address of the machine alone', look, { timeoutMs: LOGIN_TIMEOUT_MS, everyMs: 200 });
  return shell;
}

/** Hangs up once so many bytes have come: the end of what a guest sends takes user networking a minute to pass on. */
async function startSink(resources: AsyncDisposableStack, bytes: number): Promise<number> {
  const server = createServer((socket) => {
    let left = bytes;
    socket.on('error', () => {});
    socket.on('data', ({ length }: Buffer) => {
      left -= length;
      if (left <= 0) socket.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  resources.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function measure({ shell, address, port, mibPerS, roundTripMs }: Way, bytes: number): Promise<void> {
  const begun = performance.now();
  await shell.run(`dd if=/dev/zero bs=64k count=${bytes / 65_536} 2>/dev/null | nc ${address} ${port}`, LIMIT_MS);
  mibPerS.push(bytes / MIB / ((performance.now() - begun) / 1000));
  const said = await shell.run(`ping -q -c 20 -i 0.1 ${address}`, LIMIT_MS);
  roundTripMs.push(Number(/= [\d.]+\/([\d.]+)\//.exec(said)?.[1]));
}

function rates(what: string, ours: Way, peer: Way, goal: Goal): Comparison {
  const both = ({ mibPerS }: Way) => pair({ min: min(mibPerS), median: median(mibPerS) }, 'MiB/s');
  return { what, ours: both(ours), peer: both(peer), ratio: median(ours.mibPerS) / median(peer.mibPerS), goal };
}

function times(what: string, ours: Way, peer: Way, goal: Goal): Comparison {
  const both = ({ roundTripMs }: Way) => pair({ min: min(roundTripMs), median: median(roundTripMs) }, 'ms');
  return { what, ours: both(ours), peer: both(peer), ratio: median(ours.roundTripMs) / median(peer.roundTripMs), goal };
}
