// The requests to QEMU's guest agent (qga/qapi-schema.json) that commands need, with what it answers checked: a guest may say anything.
import { z } from 'zod';
import { EngineError } from '../../engines/errors.ts';
import type { GuestAgentLink } from '../../engines/guest-agent.ts';
import { GuestError } from '../guest-error.ts';

/** The most that one file with output has. */
export const PIECE_BYTES = 64 * 1024;
const PIECE_BASE64 = 4 * Math.ceil(PIECE_BYTES / 3);

export interface Program {
  path: string;
  arg: readonly string[];
  /** `NAME=value`; all of its environment. Default: that of the agent. */
  env?: readonly string[];
  input?: Uint8Array;
}

/** Of a program that has ended. Windows gives what is no exit code as a signal. */
export interface ProgramEnd {
  exitCode: number | null;
  signal: number | null;
}

const startedSchema = z.object({ pid: z.number().int().min(2) });
const statusSchema = z.object({
  exited: z.boolean(),
  exitcode: z.number().int().optional(),
  signal: z.number().int().optional(),
});
const handleSchema = z.number().int();
const readSchema = z.object({ count: z.number().int(), 'buf-b64': z.base64().max(PIECE_BASE64).optional() });
const infoSchema = z.object({
  supported_commands: z.array(z.object({ name: z.string(), enabled: z.boolean() })).max(1000),
});
const osSchema = z.object({ id: z.string().optional() });

/** Its pid. COMMAND_FAILED if the guest has no such program. */
export async function startProgram(agent: GuestAgentLink, { path, arg, env, input }: Program): Promise<number> {
  const request = {
    path,
    arg,
    ...(env && { env }),
    ...(input && { 'input-data': Buffer.from(input).toString('base64') }),
  };
  return sense(startedSchema, await agent.execute('guest-exec', JSON.stringify(request))).pid;
}

/** Null while it runs. COMMAND_FAILED once its end was told, or when another agent runs in the guest. */
export async function endOf(agent: GuestAgentLink, pid: number): Promise<ProgramEnd | null> {
  const { exited, exitcode, signal } = sense(
    statusSchema,
    await agent.execute('guest-exec-status', JSON.stringify({ pid })),
  );
  if (!exited) return null;
  return signal === undefined ? { exitCode: exitcode ?? 0, signal: null } : { exitCode: null, signal };
}

/** Null if there is no such file yet. At most {@link PIECE_BYTES} of it. */
export async function readPiece(agent: GuestAgentLink, path: string): Promise<Buffer | null> {
  const handle = await handleOf(agent, path, 'r');
  if (handle === null) return null;
  try {
    const answer = await agent.execute('guest-file-read', JSON.stringify({ handle, count: PIECE_BYTES }));
    return Buffer.from(sense(readSchema, answer)['buf-b64'] ?? '', 'base64');
  } finally {
    await agent.execute('guest-file-close', JSON.stringify({ handle }));
  }
}

/** Makes it an empty file, whether it is there or not. */
export async function emptyFile(agent: GuestAgentLink, path: string): Promise<void> {
  const handle = await handleOf(agent, path, 'w');
  if (handle !== null) await agent.execute('guest-file-close', JSON.stringify({ handle }));
}

const NEEDED = ['guest-exec', 'guest-exec-status', 'guest-file-open', 'guest-file-read', 'guest-file-close'];

/** What commands need and this agent lacks, or must not do in its guest. */
export async function missingCalls(agent: GuestAgentLink): Promise<string[]> {
  const { supported_commands: known } = sense(infoSchema, await agent.execute('guest-info'));
  const enabled = new Set(known.filter((one) => one.enabled).map(({ name }) => name));
  return NEEDED.filter((name) => !enabled.has(name));
}

/** Agents of before 2017 can't be asked: of Windows none was so old. */
export async function isWindows(agent: GuestAgentLink): Promise<boolean> {
  try {
    return sense(osSchema, await agent.execute('guest-get-osinfo')).id === 'mswindows';
  } catch (error) {
    if (error instanceof EngineError && error.code === 'COMMAND_FAILED') return false;
    throw error;
  }
}

async function handleOf(agent: GuestAgentLink, path: string, mode: 'r' | 'w'): Promise<number | null> {
  try {
    return sense(handleSchema, await agent.execute('guest-file-open', JSON.stringify({ path, mode })));
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

export function isRefused(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === 'COMMAND_FAILED';
}

function sense<Value>(schema: z.ZodType<Value>, answer: unknown): Value {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new GuestError('GUEST_AGENT_INVALID', 'the agent in the guest answers what makes no sense', {
    cause: read.error,
  });
}
