// The helper of a fake guest: its frames (`agent/guest-helper/frame.h`) with the fake shell behind them. Commands end at once, but for
// `sleep`, which ends when it is killed; terminals are not there, and files are in fake-guest-files.ts.
import type { Socket } from 'node:net';
import {
  encodeFrame,
  FRAME,
  type Frame,
  FrameReader,
  MAX_PAYLOAD,
  PROTOCOL_VERSION,
} from '../../guest-channel/frame.ts';
import type { FakeCommand } from './fake-command-output.ts';
import { startBuiltIn } from './fake-guest-files.ts';
import { type FakeMachineParts, runShellLine } from './fake-shell.ts';
import { sleepSeconds } from './fake-sleep.ts';

export interface FakeHelperParts extends FakeMachineParts {
  readonly isSilent: boolean;
}

const ENOENT = 2;
const ENOSYS = 38;
const FIELD_ARG = 1;
const FIELD_FLAGS = 5;
const FLAG_BUILT_IN = 4;

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
  const send = (type: number, id: number, payload: Uint8Array) => socket.write(encodeFrame(type, id, payload));
  const exec = (id: number, payload: Buffer) => {
    const { argv, flags } = readFields(payload);
    const seconds = sleepSeconds(argv);
    if (seconds !== null) {
      send(FRAME.started, id, Buffer.from([1, 0, 0, 0]));
      const end = () => sleeping.delete(id) && send(FRAME.exit, id, Uint8Array.of(0, 0));
      sleeping.set(id, setTimeout(end, seconds * 1000).unref());
      return;
    }
    const port = { send: (kind: number, bytes: Uint8Array) => send(kind, id, bytes), drop: () => socket.destroy() };
    const builtIn = flags & FLAG_BUILT_IN ? startBuiltIn(parts, argv, port) : null;
    if (builtIn) builtIns.set(id, builtIn);
    else run(id, payload, parts, send);
  };
  const take = ({ type, id, payload }: Frame) => {
    if (type === FRAME.hello) {
      isGreeted = true;
      // What an earlier host has left.
      wakeAll();
      builtIns.clear();
      send(FRAME.hello, 0, Buffer.concat([Uint8Array.of(PROTOCOL_VERSION), payload.subarray(1)]));
    } else if (isGreeted && type === FRAME.exec) exec(id, payload);
    else if (type === FRAME.signal && sleeping.has(id)) {
      clearTimeout(sleeping.get(id));
      sleeping.delete(id);
      send(FRAME.exit, id, Uint8Array.of(1, payload[0] ?? 0));
    } else if (type === FRAME.ping) send(FRAME.ping, id, Buffer.alloc(0));
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
  fields: Buffer,
  parts: FakeHelperParts,
  send: (type: number, id: number, payload: Uint8Array) => void,
): void {
  const { argv, flags } = readFields(fields);
  const fail = (errno: number, text: string) => {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(errno);
    send(FRAME.failed, id, Buffer.concat([payload, Buffer.from(text)]));
  };
  if (flags & FLAG_BUILT_IN) {
    fail(ENOSYS, 'Function not implemented');
    return;
  }
  const isScript = argv[0]?.split('/').at(-1) === 'sh' && argv[1] === '-c';
  const line = isScript ? (argv[2] ?? '') : argv.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
  const { exitCode, stdout, stderr } = runShellLine(line, parts);
  if (exitCode === 127 && !isScript) {
    fail(ENOENT, 'No such file or directory');
    return;
  }
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

function readFields(fields: Buffer): { argv: string[]; flags: number } {
  const argv: string[] = [];
  let flags = 0;
  for (let at = 0; at + 5 <= fields.length; ) {
    const length = fields.readUInt32LE(at + 1);
    const bytes = fields.subarray(at + 5, at + 5 + length);
    if (fields[at] === FIELD_ARG) argv.push(bytes.toString());
    if (fields[at] === FIELD_FLAGS) flags = bytes[0] ?? 0;
    at += 5 + length;
  }
  return { argv, flags };
}
