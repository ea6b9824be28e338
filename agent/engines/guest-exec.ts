// Runs a program in a guest, and sets its clock, through the guest agent (QEMU's qga/qapi-schema.json). Shared by the engines.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EngineError } from './errors.ts';
import { GuestAgent, type GuestAgentLink } from './guest-agent.ts';
import type { GuestExecOptions, GuestExecResult } from './interface.ts';

/** Serializes requests to the agent's port, which takes one client at a time. */
export type Turn = <T>(ask: () => Promise<T>) => Promise<T>;

/** How long one client can occupy the port for a running program: others, such as "is it alive", need their turn. */
const TURN_MS = 1_000;
/** How long the agent of a guest that is busy with other things may take to answer. */
const ANSWER_MS = 10_000;
const FIRST_LOOK_MS = 3;
const LAST_LOOK_MS = 200;
const SET_TIME_MS = 5_000;

const startedSchema = z.object({ pid: z.number() });
const statusSchema = z.object({
  exited: z.boolean(),
  exitcode: z.number().optional(),
  signal: z.number().optional(),
  'out-data': z.base64().default(''),
  'err-data': z.base64().default(''),
});

/** See RunningVm.guestExec. */
export async function execInGuest(
  socketPath: string,
  turn: Turn,
  argv: readonly string[],
  { timeoutMs, input }: GuestExecOptions,
): Promise<GuestExecResult> {
  const [path, ...arg] = argv;
  if (path === undefined || path === '') throw new EngineError('COMMAND_FAILED', 'there is no program to run');
  const request = {
    path,
    arg,
    'capture-output': true,
    ...(input === undefined ? {} : { 'input-data': Buffer.from(input).toString('base64') }),
  };
  const deadline = Date.now() + timeoutMs;
  let pid: number | null = null;
  let lookMs = FIRST_LOOK_MS;
  for (;;) {
    const result = await turn(async () => {
      const left = deadline - Date.now();
      const agent = await GuestAgent.connect(socketPath, Math.min(ANSWER_MS, Math.max(left, 1)));
      try {
        pid ??= sense(startedSchema, await agent.execute('guest-exec', JSON.stringify(request))).pid;
        const turnEnd = Math.min(deadline, Date.now() + TURN_MS);
        do {
          await delay(lookMs);
          lookMs = Math.min(lookMs * 1.25, LAST_LOOK_MS);
          const status = sense(statusSchema, await agent.execute('guest-exec-status', JSON.stringify({ pid })));
          if (status.exited) return resultOf(status);
        } while (Date.now() < turnEnd);
        return null;
      } catch (error) {
        // It was not asked in time: that says nothing of the agent, which has started the program.
        const isLate = pid !== null && Date.now() >= deadline;
        if (isLate && error instanceof EngineError && error.code === 'GUEST_AGENT_SILENT') return null;
        throw error;
      } finally {
        agent.close();
      }
    });
    if (result) return result;
    if (Date.now() >= deadline) {
      throw new EngineError('ENGINE_TIMEOUT', `${path} in the guest did not end within ${timeoutMs} ms`);
    }
  }
}

/** See RunningVm.askGuestAgent. */
export function askAgent<Answer>(
  socketPath: string,
  turn: Turn,
  work: (agent: GuestAgentLink) => Promise<Answer>,
  timeoutMs: number,
): Promise<Answer> {
  return turn(async () => {
    const agent = await GuestAgent.connect(socketPath, timeoutMs);
    try {
      return await work(agent);
    } finally {
      agent.close();
    }
  });
}

/** See RunningVm.setGuestTime. */
export async function setTimeInGuest(socketPath: string, turn: Turn, now: () => Date): Promise<boolean> {
  try {
    // In nanoseconds since 1970, by UTC: more digits than a double holds.
    const set = (agent: GuestAgentLink) =>
      agent.execute('guest-set-time', `{"time":${BigInt(now().getTime()) * 1_000_000n}}`);
    await askAgent(socketPath, turn, set, SET_TIME_MS);
    return true;
  } catch (error) {
    if (error instanceof EngineError && (error.code === 'GUEST_AGENT_SILENT' || error.code === 'COMMAND_FAILED')) {
      return false;
    }
    throw error;
  }
}

/** A guest can answer anything: a meaningless answer counts as none. */
function sense<Value>(schema: z.ZodType<Value>, answer: unknown): Value {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new EngineError('GUEST_AGENT_SILENT', 'the agent in the guest answers what makes no sense', {
    cause: read.error,
  });
}

/** Like a shell for a program ended by a signal: 128 plus the signal's number. */
function resultOf(status: z.infer<typeof statusSchema>): GuestExecResult {
  const text = (data: string) => Buffer.from(data, 'base64').toString('utf8');
  return {
    exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
    stdout: text(status['out-data']),
    stderr: text(status['err-data']),
  };
}
