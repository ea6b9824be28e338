// The fake engine's counterpart of a QEMU process: it keeps running when the engine releases it, and has sockets, a disk and
// RAM.
import { listenOnUnixSocket } from '@tt/client/node';
import { reason, type Reason, reasonText, terms } from '@tt/protocol';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeFakeDisk, type FakeFiles, readFakeDisk } from '../../storage/fake-disk.ts';
import type {
  DriveLimits,
  PortForward,
  ProcessIdentity,
  TroubleKind,
  TroubleListener,
  VmExit,
  VmSockets,
  VmSpec,
} from '../interface.ts';
import { answerHost } from './fake-guest-helper.ts';
import { FakeAgentCommands } from './fake-agent-commands.ts';
import { answerGuestAgent, type FakeAgentParts } from './fake-guest-agent.ts';
import { FakeScreen } from './fake-screen.ts';
import { runShellLine } from './fake-shell.ts';
import { FakeTerminal } from './fake-terminal.ts';

/** The most that the end of one takes. */
const ENDING_MS = 100;

/** Above Linux's largest pid (2^22), so that nobody can signal a real process by mistake. */
let nextPid = 2 ** 22 + 1;

export interface FakeDrive {
  path: string;
  format: 'qcow2' | 'raw';
  limits: DriveLimits | null;
}

export class FakeMachine implements FakeAgentParts {
  readonly spec: VmSpec;
  readonly acceleration: 'kvm' | 'tcg';
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  hostname: string;
  readonly exited: Promise<VmExit>;
  ram: FakeFiles = {};
  paused = false;
  /** True: its guest agent is one of Windows. */
  isWindows = false;
  readonly agentCommands = new FakeAgentCommands(this);
  /** True: nothing in the guest runs any more, though its processors do. Until the next reset. */
  frozen = false;
  /** Paths of attached files: disks by name, `disk0` first, and media by CD drive (null: empty). */
  readonly disks = new Map<string, FakeDrive>();
  readonly cds = new Map<string, string | null>();
  /** The offset of the guest's clock from the host's; the clock stops while the guest is paused. */
  clockSkewMs = 0;
  #pausedAt: number | null = null;
  /** Whether its cables are plugged in. */
  linksUp = true;
  readonly finished = new Map<number, object>();
  /** Open ports by NIC. */
  readonly forwards = new Map<number, readonly PortForward[]>();
  /** True once it has printed anything on its serial port. */
  hasWritten = false;
  /** Its kernel has said so on its serial port. Until the next reset, or until it gets another memory. */
  hasPanicked = false;
  #trouble: { reason: Reason; kind: TroubleKind } | null = null;
  readonly #restartListeners = new Set<() => void>();
  readonly #troubleListeners = new Set<TroubleListener>();
  readonly #terminal: FakeTerminal;
  readonly #servers: Server[] = [];
  readonly #clients = new Set<Socket>();
  /** Like QEMU, only one client at a time is on the serial port; later ones wait for their turn. */
  readonly #serialClients: Socket[] = [];
  #typedWhilePaused = '';
  readonly screen: FakeScreen;
  #resolveExit: (exit: VmExit) => void = () => {};

  constructor(spec: VmSpec, acceleration: 'kvm' | 'tcg') {
    this.spec = spec;
    this.acceleration = acceleration;
    this.process = { pid: nextPid++, startTicks: Math.round(performance.now()) };
    this.hostname = spec.hostname;
    this.sockets = fakeSockets(spec);
    for (const { name, path: file, format, limits } of spec.disks) this.disks.set(name, { path: file, format, limits });
    for (const { name, path: file } of spec.cds) this.cds.set(name, file);
    for (const [index, nic] of spec.nics.entries()) {
      if (nic.kind !== 'tap') this.forwards.set(index, nic.forwards);
    }
    this.exited = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
    this.screen = new FakeScreen(spec.id, spec.name, () => [
      spec.name,
      `${this.hostname} ${this.paused ? 'paused' : 'running'}`,
    ]);
    this.#terminal = new FakeTerminal({
      hostname: spec.hostname,
      print: (text) => this.#print(text),
      run: (line) => {
        const { stdout, stderr } = runShellLine(line, this);
        return stdout + stderr;
      },
    });
  }

  /** As a DHCP server would give them: one for each MAC. */
  get leases(): { mac: string; ip: string }[] {
    const macs = this.spec.nics.flatMap((nic) => (nic.kind === 'tap' ? [nic.mac] : []));
    return macs.map((mac) => ({ mac, ip: `198.51.100.${(Number.parseInt(mac.slice(-2), 16) % 200) + 2}` }));
  }

  async boot(): Promise<void> {
    // Small files at once: a thousand machines must cost the agent that is measured little.
    const isNew = mkdirSync(this.spec.runDirectory, { recursive: true, mode: 0o700 }) !== undefined;
    writeFileSync(fakeLogPath(this.spec), `started ${this.spec.name} (fake)\n`, { mode: 0o600 });
    if (!isNew) for (const socketPath of Object.values(this.sockets)) rmSync(socketPath, { force: true });
    await this.#listen(this.sockets.vnc, (socket) => this.screen.serve(socket));
    await this.#listen(this.sockets.serial, (socket) => this.#addSerialClient(socket));
    await this.#listen(this.sockets.guestAgent, (socket) => answerGuestAgent(socket, this));
    if (this.spec.guestHelper === 'on')
      await this.#listen(this.sockets.guestHelper, (socket) => answerHost(socket, this));
    if (!this.frozen) this.#terminal.boot();
  }

  get typedOnScreen(): string {
    return this.screen.typed;
  }

  /** As its guest does it. */
  reboot(): void {
    this.restart();
    for (const listener of this.#restartListeners) listener();
  }

  onRestart(listener: () => void): () => void {
    const own = () => listener();
    this.#restartListeners.add(own);
    return () => this.#restartListeners.delete(own);
  }

  /** RAM is lost, the disk stays. */
  restart(): void {
    this.ram = {};
    this.frozen = false;
    this.hasPanicked = false;
    this.#terminal.boot();
  }

  /** As Linux does it. */
  panic(): void {
    this.hasPanicked = true;
    this.#print('\r\n---[ end Kernel panic - not syncing: sysrq triggered crash ]---\r\n');
  }

  powerOff(): void {
    void this.end({ expected: true, reason: reason('poweredOff') });
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    if (paused) this.#pausedAt ??= performance.now();
    else if (this.#pausedAt !== null) {
      this.clockSkewMs -= performance.now() - this.#pausedAt;
      this.#pausedAt = null;
    }
    this.screen.redraw();
    if (paused) return;
    this.#trouble = null;
    this.#terminal.type(this.#typedWhilePaused);
    this.#typedWhilePaused = '';
  }

  /** True while it is paused for a trouble of its own. */
  get isInTrouble(): boolean {
    return this.#trouble !== null;
  }

  /** Says why, and pauses the guest as QEMU does when the host's disk is full, or its KVM fails. */
  raiseTrouble(why: Reason, kind: TroubleKind): void {
    if (kind !== 'diskError') {
      this.setPaused(true);
      this.#trouble = { reason: why, kind };
    }
    for (const listener of this.#troubleListeners) listener(why, kind);
  }

  onTrouble(listener: TroubleListener): () => void {
    const own: TroubleListener = (why, kind) => listener(why, kind);
    this.#troubleListeners.add(own);
    const current = this.#trouble;
    if (current) queueMicrotask(() => this.#troubleListeners.has(own) && own(current.reason, current.kind));
    return () => this.#troubleListeners.delete(own);
  }

  /** Nothing in the guest runs any more, though its processors do. */
  get hangs(): boolean {
    return this.frozen || this.hasPanicked;
  }

  get isSilent(): boolean {
    return this.hangs || this.paused;
  }

  get cpuCount(): number {
    return this.spec.cpuCount;
  }

  /** Sizes of the disks as the guest counts them: in the order of their names. */
  diskSizesMiB(): number[] {
    return [...this.disks].sort(byNumber).map(([, { path: file }]) => readFakeDisk(file).sizeMiB);
  }

  /** The medium in the first CD drive; null if it is empty, or there is none. */
  readCd(): Buffer | null {
    const medium = this.cds.get('cd0') ?? null;
    return medium === null ? null : readFileSync(medium);
  }

  readDisk(): FakeFiles {
    return readFakeDisk(this.bootDiskPath).files;
  }

  writeDisk(files: FakeFiles): void {
    changeFakeDisk(this.bootDiskPath, (disk) => {
      disk.files = files;
    });
  }

  get bootDiskPath(): string {
    return this.disks.get('disk0')?.path ?? '';
  }

  draw(): Uint8Array {
    return this.screen.draw();
  }

  /** Ends the "process": sockets close, `exited` resolves. A second call does nothing. */
  async end(exit: Omit<VmExit, 'logTail'>): Promise<void> {
    if (this.#servers.length === 0) return;
    const closed = this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)));
    for (const client of this.#clients) if (!this.screen.isServed(client)) client.destroy();
    // A QEMU that ends itself takes some 60 ms, in which the picture it was sending goes out; one that is killed has no time.
    if (exit.expected) await Promise.race([this.screen.sent(), sleep(ENDING_MS, undefined, { ref: false })]);
    this.screen.end();
    await Promise.all(closed);
    const said = reasonText(exit.reason, terms);
    const logTail = [`started ${this.spec.name} (fake)`, said];
    // The folder may be gone already when a test tears down in a hurry; the exit must be told all the same.
    appendIfThere(fakeLogPath(this.spec), `${said}\n`);
    this.#resolveExit({ ...exit, logTail });
  }

  async #listen(socketPath: string, accept: (socket: Socket) => void): Promise<void> {
    const server = createServer((socket) => {
      this.#clients.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#clients.delete(socket));
      accept(socket);
    });
    await listenOnUnixSocket(server, socketPath);
    chmodSync(socketPath, 0o600);
    this.#servers.push(server);
  }

  #addSerialClient(socket: Socket): void {
    this.#serialClients.push(socket);
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.#type(String(text)));
    if (this.#serialClients[0] !== socket) socket.pause();
    socket.on('close', () => {
      this.#serialClients.splice(this.#serialClients.indexOf(socket), 1);
      this.#serialClients[0]?.resume();
    });
  }

  #type(text: string): void {
    if (this.paused) this.#typedWhilePaused += text;
    else this.#terminal.type(text);
  }

  #print(text: string): void {
    this.hasWritten = true;
    this.#serialClients[0]?.write(text);
    appendIfThere(path.join(this.spec.runDirectory, 'serial.log'), text);
  }
}

/** A fake disk that is full, or a folder that is gone, keeps no machine from running. */
function appendIfThere(file: string, text: string): void {
  try {
    appendFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function byNumber([one]: [string, unknown], [other]: [string, unknown]): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

export function fakeSockets(spec: VmSpec): VmSockets {
  const inRunDirectory = (name: string) => path.join(spec.runDirectory, name);
  return {
    vnc: inRunDirectory('vnc.sock'),
    serial: inRunDirectory('serial.sock'),
    guestAgent: inRunDirectory('agent.sock'),
    guestHelper: inRunDirectory('helper.sock'),
  };
}

export function fakeLogPath(spec: VmSpec): string {
  return path.join(spec.runDirectory, 'engine.log');
}
