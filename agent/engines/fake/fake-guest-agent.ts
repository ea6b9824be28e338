// The guest agent of a fake guest: a few commands of QEMU's guest agent protocol (qga/qapi-schema.json) on its socket.
import type { Socket } from 'node:net';
import type { FakeAgentCommands } from './fake-agent-commands.ts';
import { type FakeIdentityParts, runIdentityScript } from './fake-identity.ts';
import { runShellLine } from './fake-shell.ts';

const MIB = 1024 * 1024;
const COMMANDS = [
  'guest-ping',
  'guest-exec',
  'guest-exec-status',
  'guest-file-open',
  'guest-file-read',
  'guest-file-close',
  'guest-get-osinfo',
  'guest-set-time',
];

interface Request {
  execute: string;
  arguments?: Record<string, unknown>;
}

export interface FakeAgentParts extends FakeIdentityParts {
  readonly isSilent: boolean;
  /** The guest's clock beside the host's. */
  clockSkewMs: number;
  /** What the host's commands by the agent alone do there. */
  readonly agentCommands: FakeAgentCommands;
  readonly isWindows: boolean;
  /** What the network around the host gave its NICs on taps. */
  readonly leases: readonly { mac: string; ip: string }[];
  /** Programs that were run, by pid: any client can ask for what another has started. */
  readonly finished: Map<number, object>;
}

/** Serves one connection until it closes; neither reads nor answers while the guest `isSilent`. */
export function answerGuestAgent(socket: Socket, parts: FakeAgentParts): void {
  const { finished } = parts;
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    if (parts.isSilent) return;
    // A 0xFF byte (as U+FFFD here) is the client's way to flush half-sent JSON: guest-sync-delimited.
    pending += String(text).replaceAll('\uFFFD', '\n');
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    // The agent needs no newline: it takes a request once its JSON is whole.
    if (isJson(pending)) lines.push(pending);
    if (lines.at(-1) === pending) pending = '';
    for (const line of lines) {
      if (line.trim() !== '') socket.write(answer(line, parts, finished));
    }
  });
}

function answer(line: string, parts: FakeAgentParts, finished: Map<number, object>): string | Buffer {
  if (!isJson(line)) return `${JSON.stringify({ error: { class: 'GenericError', desc: 'JSON parse error' } })}\n`;
  const request = JSON.parse(line) as Request;
  const reply = `${JSON.stringify(execute(request, parts, finished))}\n`;
  return request.execute === 'guest-sync-delimited' ? Buffer.concat([Buffer.from([0xff]), Buffer.from(reply)]) : reply;
}

function execute(request: Request, parts: FakeAgentParts, finished: Map<number, object>): object {
  const args = request.arguments ?? {};
  switch (request.execute) {
    case 'guest-sync':
    case 'guest-sync-delimited':
      return { return: args['id'] };
    case 'guest-ping':
      return { return: {} };
    case 'guest-info':
      return { return: { version: '7.2.0', supported_commands: commandsOf(parts) } };
    case 'guest-get-osinfo':
      return {
        return: {
          id: parts.isWindows ? 'mswindows' : 'fake',
          name: 'Fake',
          'pretty-name': 'Fake guest',
          'kernel-release': '6.1.0-fake',
        },
      };
    case 'guest-network-get-interfaces':
      return { return: parts.leases.map(({ mac, ip }, index) => interfaceOf(index, mac, ip)) };
    case 'guest-get-fsinfo': {
      const root = parts.isWindows ? 'C:\\' : '/';
      return { return: [{ name: 'vda', mountpoint: root, 'used-bytes': 512 * MIB, 'total-bytes': 1024 * MIB }] };
    }
    case 'guest-get-host-name':
      return { return: { 'host-name': parts.hostname } };
    case 'guest-set-time':
      parts.clockSkewMs = Number(args['time']) / 1e6 - Date.now();
      return { return: {} };
    case 'guest-file-open':
    case 'guest-file-read':
    case 'guest-file-close':
      return parts.agentCommands.file(request.execute, args);
    case 'guest-exec': {
      const own = parts.agentCommands.start(args);
      if (own) return own;
      const words = [String(args['path']), ...((args['arg'] as string[] | undefined) ?? [])];
      const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
      // The one program here that reads its input: `sh` without arguments.
      const data = args['input-data'];
      const input = typeof data === 'string' ? Buffer.from(data, 'base64').toString() : '';
      const isScript = words.length === 1 && words[0]?.split('/').at(-1) === 'sh';
      const { exitCode, stdout, stderr } =
        (isScript && runIdentityScript(input, parts)) ||
        runShellLine(isScript ? input.trimEnd().replaceAll('\n', ';') : line, parts);
      if (exitCode === 127) {
        return { error: { class: 'GenericError', desc: `Failed to execute child process “${words[0]}”` } };
      }
      const pid = finished.size + 1000;
      finished.set(pid, {
        exited: true,
        exitcode: exitCode,
        'out-data': Buffer.from(stdout).toString('base64'),
        'err-data': Buffer.from(stderr).toString('base64'),
      });
      return { return: { pid } };
    }
    case 'guest-exec-status': {
      const own = parts.agentCommands.status(Number(args['pid']));
      if (own) return own;
      const status = finished.get(Number(args['pid']));
      if (!status) return { error: { class: 'GenericError', desc: 'Invalid parameter pid' } };
      return { return: status };
    }
    default:
      return { error: { class: 'CommandNotFound', desc: `The command ${request.execute} has not been found` } };
  }
}

function interfaceOf(index: number, mac: string, ip: string): object {
  const addresses = [{ 'ip-address': ip, 'ip-address-type': 'ipv4', prefix: 24 }];
  return { name: `eth${index}`, 'hardware-address': mac, 'ip-addresses': addresses };
}

function commandsOf({ agentCommands }: FakeAgentParts): object[] {
  return COMMANDS.map((name) => ({ name, enabled: !(agentCommands.isForbidden && name === 'guest-exec') }));
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
