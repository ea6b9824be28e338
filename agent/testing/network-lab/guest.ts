// Test support: runs commands in a guest of a lab's agent through the shell on its serial console, so independently of the
// network under test.
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { GuestShell } from '../../engines/guest-shell.ts';
import type { Expected } from './probe.ts';
import { udpEchoProgram } from './udp-echo.ts';
import type { RealAgent } from '../real-agent.ts';
import { until } from '../until.ts';

/** For an emulated guest on a busy machine. */
const ANSWER_S = 15;
/** How long silence must last to count as "dropped". */
const SILENCE_S = 1;
const NETWORK_TIMEOUT_MS = 40_000;
const LOGIN_TIMEOUT_MS = 150_000;

/** Something new a guest opens; each counts as reached when it is answered. */
export type Attempt =
  | { by: 'tcp'; address: string; port: number }
  | { by: 'ping'; address: string; from?: string }
  /** A question by UDP about a name the server knows. */
  | { by: 'dns'; address: string; name: string };

export class LabGuest {
  readonly vm: Vm;
  readonly #shell: GuestShell;

  private constructor(vm: Vm, shell: GuestShell) {
    this.vm = vm;
    this.#shell = shell;
  }

  /** Waits until all NICs of the guest have an address and it takes ssh connections. */
  static async login(agent: RealAgent, vm: Vm): Promise<LabGuest> {
    const serial = path.join(agent.home, 'run', vm.id, 'serial.sock');
    const guest = new LabGuest(vm, await GuestShell.login(serial, { loginTimeoutMs: LOGIN_TIMEOUT_MS }));
    for (const index of vm.nics.keys()) {
      const look = () => guest.address(`eth${index}`);
      await until(`${vm.name} has an address on eth${index}`, look, NETWORK_TIMEOUT_MS);
    }
    await guest.untilListening('tcp', 22);
    return guest;
  }

  /** All of them at once: booting takes most of the time. */
  static loginAll(agent: RealAgent, vms: readonly Vm[]): Promise<LabGuest[]> {
    return Promise.all(vms.map((vm) => LabGuest.login(agent, vm)));
  }

  get ip(): string {
    if (this.vm.ip === null) throw new Error(`${this.vm.name} has no address of its own`);
    return this.vm.ip;
  }

  /** What a client elsewhere connects to for a port of this guest. */
  hostPort(protocol: 'tcp' | 'udp', guestPort: number): number {
    const found = this.vm.portMap.find((port) => port.protocol === protocol && port.guestPort === guestPort);
    if (!found) throw new Error(`${this.vm.name} has no ${protocol} port for ${guestPort}`);
    return found.hostPort;
  }

  /** Runs a command line in the guest; rejects when it fails. */
  run(commandLine: string, timeoutMs?: number): Promise<string> {
    return this.#shell.run(commandLine, timeoutMs);
  }

  /** IPv4 address and prefix of a NIC, e.g. `10.210.0.2/24`; null while it has none. */
  async address(nic: string): Promise<string | null> {
    const shown = await this.run(`ip -4 -o addr show dev ${nic} || true`);
    return /inet (\S+)/.exec(shown)?.[1] ?? null;
  }

  /** The first line heard over a new TCP connection; null when there is none, or no connection. */
  async ask(address: string, port: number, expected: Expected = 'answer'): Promise<string | null> {
    const seconds = expected === 'answer' ? ANSWER_S : SILENCE_S;
    const heard = await this.run(`(echo '?' | timeout ${seconds} nc ${address} ${port} | head -n 1) 2>/dev/null`);
    return heard === '' ? null : heard;
  }

  async pings(address: string, expected: Expected = 'answer', options = ''): Promise<boolean> {
    const seconds = expected === 'answer' ? ANSWER_S : SILENCE_S;
    const ping = `ping -qc1 -W${seconds} -w${seconds} ${options} ${address}`;
    return (await this.run(`${ping} >/dev/null 2>&1 && echo yes || echo no`)) === 'yes';
  }

  /** Which of these are answered; all are tried at once. Busybox takes lines of 1 KiB: that is about eight. */
  async tries(attempts: readonly Attempt[], expected: Expected = 'answer'): Promise<boolean[]> {
    const seconds = expected === 'answer' ? ANSWER_S : SILENCE_S;
    const jobs = attempts.map((attempt, index) => `(${commandOf(attempt, seconds)} && echo ${index})&`);
    const answered = (await this.run(`sh -c "${jobs.join('')} wait" 2>/dev/null`)).split('\n');
    return attempts.map((_, index) => answered.includes(String(index)));
  }

  /** The IPv4 address a DNS server gives for a name; null when it knows none, or says nothing. */
  async resolve(name: string, server = '', expected: Expected = 'answer'): Promise<string | null> {
    const seconds = expected === 'answer' ? ANSWER_S : SILENCE_S;
    const shown = await this.run(`timeout ${seconds} nslookup -type=a ${name} ${server} 2>&1 || true`);
    return /Name:.*\nAddress: (\S+)/.exec(shown)?.[1] ?? null;
  }

  /** Answers the first byte of a connection with the name of the VM, and echoes what is said after that. */
  async serveTcp(...ports: readonly number[]): Promise<void> {
    const script = `#!/bin/sh\\ndd bs=1 count=1 >/dev/null 2>&1\\necho ${this.vm.name}\\nexec cat\\n`;
    await this.run(`printf '${script}' >/tmp/greet; chmod +x /tmp/greet`);
    for (const port of ports) {
      await this.start(`nc -ll -p ${port} -e /tmp/greet`);
      await this.untilListening('tcp', port);
    }
  }

  /** Echoes datagrams. */
  async serveUdp(port: number): Promise<void> {
    const program = udpEchoProgram(port).toString('base64');
    await this.run(`echo ${program} | base64 -d >/tmp/echo-${port}; chmod +x /tmp/echo-${port}`);
    await this.start(`/tmp/echo-${port}`);
    await this.untilListening('udp', port);
  }

  /** Leaves a program running in the guest. */
  async start(commandLine: string): Promise<void> {
    await this.run(`(setsid ${commandLine} </dev/null >/dev/null 2>&1 &)`);
  }

  /** A program that was started listens a moment later. */
  async untilListening(protocol: 'tcp' | 'udp', port: number): Promise<void> {
    const look = async () => (await this.run(`netstat -ln${protocol[0]}`)).includes(`:${port} `);
    await until(`${this.vm.name} listens on ${protocol} ${port}`, look, NETWORK_TIMEOUT_MS);
  }

  close(): void {
    this.#shell.close();
  }
}

/** Succeeds when there is an answer, and prints nothing. */
function commandOf(attempt: Attempt, seconds: number): string {
  const { address } = attempt;
  switch (attempt.by) {
    case 'tcp':
      return `echo ?|timeout ${seconds} nc ${address} ${attempt.port}|grep -q .`;
    case 'ping':
      return `ping -qc1 -W${seconds} -w${seconds} ${attempt.from === undefined ? '' : `-I ${attempt.from} `}${address}>/dev/null`;
    case 'dns':
      return `timeout ${seconds} nslookup -type=a ${attempt.name} ${address}|grep -q Name:`;
  }
}
