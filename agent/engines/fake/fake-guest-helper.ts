// The helper of a fake guest: its frames (`agent/guest-helper/frame.h`) with the fake shell behind them. Commands end at once, but for
// `sleep`, which ends when it is killed; terminals are in fake-guest-shell.ts, files in fake-guest-files.ts.
import type { Socket } from 'node:net';
import {
  encodeFrame,
  FEATURE,
  FRAME,
  type Frame,
  FrameReader,
  MAX_PAYLOAD,
  PROTOCOL_VERSION,
} from '../../guest-channel/frame.ts';
import { FROM_INPUT } from '../../guest-channel/from-input.ts';
import type { CommandPort, FakeCommand } from './fake-command-output.ts';
import { startBuiltIn } from './fake-guest-files.ts';
import { answerIdentity, type FakeIdentityParts, runIdentityScript } from './fake-identity.ts';
import { FakeGuestShell, type TerminalSize } from './fake-guest-shell.ts';
import { runShellLine, type ShellResult } from './fake-shell.ts';
import { sleepSeconds } from './fake-sleep.ts';

export interface FakeHelperParts extends FakeIdentityParts {
  readonly isSilent: boolean;
  /** What the network around the host gave its NICs on taps. */
  readonly leases: readonly { mac: string; ip: string }[];
}

const ENOENT = 2;
/** Of shells: there is no such program. */
const NOT_FOUND = 127;
const ENOSYS = 38;
const FIELD_ARG = 1;
const FIELD_FLAGS = 5;
const FIELD_WINDOW = 6;
const FLAG_TERMINAL = 1;
const FLAG_BUILT_IN = 4;
const FLAG_LOGIN_SHELL = 8;
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash']);

/** Serves one connection until it closes; says nothing while the guest `isSilent`. */
export function answerHost(socket: Socket, parts: FakeHelperParts): void {
  const reader = new FrameReader();
  let isGreeted = false;
  /** Commands that sleep: what ends each. */
  const sleeping = new Map<number, NodeJS.Timeout>();
  const wakeAll = () => {
    for (const timer of sleeping.values()) clearTimeout(timer);
    sleeping.clear();
  };
  const builtIns = new Map<number, FakeCommand>();
  const shells = new Map<number, FakeGuestShell>();
  const send = (type: number, id: number, payload: Uint8Array) => socket.write(encodeFrame(type, id, payload));
  const exec = (id: number, payload: Buffer) => {
    const { argv, flags, size } = readFields(payload);
    const port = { send: (kind: number, bytes: Uint8Array) => send(kind, id, bytes), drop: () => socket.destroy() };
    if (flags & FLAG_TERMINAL) {
      const isShell = (flags & FLAG_LOGIN_SHELL) !== 0 || (argv.length === 1 && SHELLS.has(nameOf(argv)));
      const ran = isShell ? null : runShellLine(lineOf(argv), parts);
      if (ran?.exitCode === NOT_FOUND && !isScriptOf(argv)) {
        run(id, argv, flags, parts, send);
        return;
      }
      const shell = new FakeGuestShell(parts, port, size, ran);
      shells.set(id, shell);
      builtIns.set(id, shell);
      return;
    }
    const seconds = sleepSeconds(argv);
    if (seconds !== null) {
      send(FRAME.started, id, Buffer.from([1, 0, 0, 0]));
      const end = () => sleeping.delete(id) && send(FRAME.exit, id, Uint8Array.of(0, 0));
      sleeping.set(id, setTimeout(end, seconds * 1000).unref());
      return;
    }
    if (argv[2] === FROM_INPUT) {
      const runWhole = (script: string) => run(id, ['/bin/sh', '-c', script], 0, parts, send);
      builtIns.set(id, new FakeLongScript(port, Number(argv[4]), runWhole));
      return;
    }
    if (argv.length === 1 && nameOf(argv) === 'sh') {
      const runInput = (script: string) =>
        tell(id, runIdentityScript(script, parts) ?? lineResult(script, parts), send);
      builtIns.set(id, new FakeLongScript(port, Number.POSITIVE_INFINITY, runInput));
      return;
    }
    const builtIn = flags & FLAG_BUILT_IN ? startBuiltIn(parts, argv, port) : null;
    if (builtIn) builtIns.set(id, builtIn);
    else run(id, argv, flags, parts, send);
  };
  const take = ({ type, id, payload }: Frame) => {
    if (type === FRAME.hello) {
      isGreeted = true;
      // What an earlier host has left.
      wakeAll();
      builtIns.clear();
      for (const shell of shells.values()) shell.hangUp();
      shells.clear();
      const features = Buffer.alloc(4);
      features.writeUInt32LE(Object.values(FEATURE).reduce((all, bit) => all | bit, 0));
      send(FRAME.features, 0, Buffer.concat([payload.subarray(1), features]));
      send(FRAME.hello, 0, Buffer.concat([Uint8Array.of(PROTOCOL_VERSION), payload.subarray(1)]));
    } else if (isGreeted && type === FRAME.exec) exec(id, payload);
    else if (type === FRAME.signal && sleeping.has(id)) {
      clearTimeout(sleeping.get(id));
      sleeping.delete(id);
      send(FRAME.exit, id, Uint8Array.of(1, payload[0] ?? 0));
    } else if (type === FRAME.signal) shells.get(id)?.signal(payload[0] ?? 0);
    else if (type === FRAME.hangUp) shells.get(id)?.hangUp();
    else if (type === FRAME.resize)
      shells.get(id)?.resize({ rows: payload.readUInt16LE(0), columns: payload.readUInt16LE(2) });
    else if (type === FRAME.ping) send(FRAME.ping, id, Buffer.alloc(0));
    else if (type === FRAME.report) send(FRAME.report, id, Buffer.from(reportOf(parts)));
    else if (type === FRAME.identity) send(FRAME.identity, id, Buffer.from(answerIdentity(payload.toString(), parts)));
    else if (type === FRAME.stdin) builtIns.get(id)?.stdin(payload);
    else if (type === FRAME.stdinEnd) builtIns.get(id)?.stdinEnd();
    else if (type === FRAME.credit) builtIns.get(id)?.credit(payload[0] ?? 0, payload.readUInt32LE(1));
  };
  socket.on('close', wakeAll);
  socket.on('data', (bytes: Buffer) => {
    if (parts.isSilent) return;
    for (const frame of reader.push(bytes)) take(frame);
  });
}

function run(
  id: number,
  argv: readonly string[],
  flags: number,
  parts: FakeHelperParts,
  send: (type: number, id: number, payload: Uint8Array) => void,
): void {
  const fail = (errno: number, text: string) => {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(errno);
    send(FRAME.failed, id, Buffer.concat([payload, Buffer.from(text)]));
  };
  if (flags & FLAG_BUILT_IN) {
    fail(ENOSYS, 'Function not implemented');
    return;
  }
  const line = lineOf(argv);
  const isScript = isScriptOf(argv);
  const result = runShellLine(line, parts);
  if (result.exitCode === NOT_FOUND && !isScript) fail(ENOENT, 'No such file or directory');
  else tell(id, result, send);
}

function tell(
  id: number,
  { exitCode, stdout, stderr }: ShellResult,
  send: (type: number, id: number, payload: Uint8Array) => void,
): void {
  send(FRAME.started, id, Buffer.from([1, 0, 0, 0]));
  for (const [channel, text] of [stdout, stderr].entries()) {
    const bytes = Buffer.from(text);
    // Within the window that every stream begins with: the fake shell prints little.
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD - 1) {
      send(FRAME.output, id, Buffer.concat([Uint8Array.of(channel + 1), bytes.subarray(at, at + MAX_PAYLOAD - 1)]));
    }
  }
  send(FRAME.exit, id, Uint8Array.of(0, exitCode));
}

function lineResult(script: string, parts: FakeHelperParts): ShellResult {
  return runShellLine(script.trimEnd().replaceAll('\n', ';'), parts);
}

/** A script that is the beginning of its input, or all of it; it reads nothing of the rest. */
class FakeLongScript implements FakeCommand {
  readonly #port: CommandPort;
  readonly #scriptBytes: number;
  readonly #onWhole: (script: string) => void;
  readonly #pieces: Buffer[] = [];

  constructor(port: CommandPort, scriptBytes: number, onWhole: (script: string) => void) {
    this.#port = port;
    this.#scriptBytes = scriptBytes;
    this.#onWhole = onWhole;
  }

  stdin(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes));
    const credit = Buffer.alloc(4);
    credit.writeUInt32LE(bytes.length);
    this.#port.send(FRAME.stdinCredit, credit);
  }

  stdinEnd(): void {
    const all = Buffer.concat(this.#pieces);
    this.#onWhole(all.toString('utf8', 0, Math.min(this.#scriptBytes, all.length)));
  }

  credit(): void {}
}

/** In the lines of `agent/guest-helper/report.h`. */
function reportOf({ leases }: FakeHelperParts): string {
  const nics = leases.map(({ mac, ip }, index) => `nic eth${index} ${mac}\naddress eth${index} ${ip}/24\n`);
  return ['uptime 60000\nload 7\nmemory 131072 65536\ndisk 1048576 524288\n', ...nics].join('');
}

function nameOf(argv: readonly string[]): string {
  return argv[0]?.split('/').at(-1) ?? '';
}

function isScriptOf(argv: readonly string[]): boolean {
  return nameOf(argv) === 'sh' && argv[1] === '-c';
}

/** For the fake shell. */
function lineOf(argv: readonly string[]): string {
  return isScriptOf(argv) ? (argv[2] ?? '') : argv.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
}

function readFields(fields: Buffer): { argv: string[]; flags: number; size: TerminalSize } {
  const argv: string[] = [];
  let flags = 0;
  let size = { rows: 24, columns: 80 };
  for (let at = 0; at + 5 <= fields.length; ) {
    const length = fields.readUInt32LE(at + 1);
    const bytes = fields.subarray(at + 5, at + 5 + length);
    if (fields[at] === FIELD_ARG) argv.push(bytes.toString());
    if (fields[at] === FIELD_FLAGS) flags = bytes[0] ?? 0;
    if (fields[at] === FIELD_WINDOW) size = { rows: bytes.readUInt16LE(0), columns: bytes.readUInt16LE(2) };
    at += 5 + length;
  }
  return { argv, flags, size };
}
