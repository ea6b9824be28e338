// The ENVs shown in the documentation's pictures: real guests with something on their screens.
import { GuestShell } from '../../agent/engines/guest-shell.ts';
import { type AgentProcess, readyImage } from '../../bench/agent-process.ts';
import type { Vm } from '../../protocol/index.ts';

export interface Demo {
  envName: string;
  /** A machine of it whose console is shown. */
  vm: Vm;
}

/** What guests show, in turn; run inside the guest, the output goes to its screen. */
const screens = [
  'top -b -n 1 | cut -c -79 | head -n 24',
  'uname -srm; cat /etc/os-release; df -h /; free; ip address | cut -c -79',
  'dmesg | cut -c -79 | tail -n 24',
  'busybox | head -n 32 | cut -c -79',
  'ps | cut -c -79 | head -n 24',
  'ls -la --color=always / /etc | head -n 24',
] as const;

export async function makeDemo(agent: AgentProcess, say: (text: string) => void): Promise<Demo> {
  const { client } = agent.connection;
  const osPrefix = await readyImage(agent);
  const hour = 3600;
  const envs = [
    { name: 'checkout', title: 'Checkout, payment 3.2', copies: 6, lifetimeS: 4 * hour, tags: ['release'] },
    { name: 'login-bug', title: 'Login fails after the upgrade', copies: 2, lifetimeS: hour, tags: ['bug'] },
    { name: 'nightly', title: 'Nightly run', copies: 1, lifetimeS: 2 * hour, tags: ['ci'] },
  ];
  let number = 0;
  for (const { copies, ...env } of envs) {
    const ports = [{ protocol: 'tcp' as const, guestPort: 80 }];
    const { vms } = await client.env.create({ ...env, groups: [{ osPrefix, copies, ports }] });
    for (const vm of vms) {
      await showOnScreen(agent, vm, screens[number++ % screens.length] ?? '');
      say(`  ${vm.name} is up`);
    }
  }
  await client.env.stop({ name: 'nightly', graceS: 20 });
  await client.snapshot.create({ envName: 'checkout', name: 'clean', notes: 'Just installed' });
  await client.snapshot.create({ envName: 'checkout', name: 'before-upgrade' });
  await client.snapshot.revert({ envName: 'checkout', name: 'clean', safety: false });
  await client.snapshot.create({ envName: 'checkout', name: 'other-way', notes: 'With the old library' });
  const { vms } = await client.env.show({ name: 'checkout' });
  const [vm] = vms.toSorted((a, b) => a.name.localeCompare(b.name));
  if (!vm) throw new Error('the demo has no machine');
  return { envName: 'checkout', vm };
}

async function showOnScreen(agent: AgentProcess, vm: Vm, command: string): Promise<void> {
  const shell = await GuestShell.login(agent.socketOf(vm.id, 'serial'), { loginTimeoutMs: 120_000 });
  try {
    // \033[2J\033[H clears it; its login prompt comes again with the next key.
    await shell.run(`( printf '\\033[2J\\033[H'; ${command} ) >/dev/tty1 2>&1`);
  } finally {
    shell.close();
  }
}
