// Test support: `tt` talking to a test agent with the fake engine, in this process: a start of Node for each call would take
// most of the time of these tests. That the process itself gives the same is a test of cli.test.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { expect, vi } from 'vitest';
import type { z } from 'zod';
import { NOTHING, startTestAgent, type TestAgent, type TestAgentOptions } from '../agent/testing/in-process-agent.ts';
import { runTt } from './program.ts';

export const ttMain = path.join(import.meta.dirname, 'main.ts');

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface TestTt {
  readonly agent: TestAgent;
  /** A folder for state folders of `tt` without an agent; removed at the end. */
  readonly emptyHome: string;
  /** Runs `tt` with these words, parted by spaces or as a list; `env` is added to its environment. */
  /** `heard`: each piece of its output, at once. */
  tt(args: string | readonly string[], env?: Record<string, string>, heard?: (text: string) => void): Promise<Ended>;
  /** Exit code of each command, and the code in its error. */
  endings(...commands: string[]): Promise<[number, string | undefined][]>;
  /** What a command prints with --json, checked against the contract. */
  json<Output>(args: string, schema: z.ZodType<Output>): Promise<Output>;
  /** What a command prints for people. */
  text(args: string): Promise<string>;
  /** Deletes all ENVs; after that nothing of them may be left. */
  removeEnvs(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestTt(options: TestAgentOptions): Promise<TestTt> {
  const agent = await startTestAgent(options);
  const emptyHome = await mkdtemp(path.join(tmpdir(), 'tt-cli-'));

  function tt(
    args: string | readonly string[],
    env: Record<string, string> = {},
    heard?: (text: string) => void,
  ): Promise<Ended> {
    return runHere(args, { TT_HOME: agent.home, TT_TOKEN: '', ...env }, heard);
  }

  return {
    agent,
    emptyHome,
    tt,
    async endings(...commands) {
      const ends: [number, string | undefined][] = [];
      for (const command of commands) {
        const { exitCode, stderr } = await tt(command);
        ends.push([exitCode, codeOf(stderr)]);
      }
      return ends;
    },
    async json(args, schema) {
      const { exitCode, stdout, stderr } = await tt(`${args} --json`);
      expect([args, exitCode, stderr]).toEqual([args, 0, '']);
      const value: unknown = JSON.parse(stdout);
      // Nothing more and nothing less than the objects of the API.
      const output = schema.parse(value);
      expect(output).toEqual(value);
      return output;
    },
    async text(args) {
      const { exitCode, stdout, stderr } = await tt(args);
      expect([args, exitCode, stderr]).toEqual([args, 0, '']);
      return stdout;
    },
    async removeEnvs() {
      const { envs } = await agent.client.env.list();
      for (const { name } of envs) await agent.client.env.delete({ name });
      expect(await agent.belongings()).toEqual(NOTHING);
    },
    async stop() {
      await agent.stop();
      await rm(emptyHome, { recursive: true });
    },
  };
}

/** Calls take turns: what they print and their environment are those of this process. */
let last: Promise<unknown> = Promise.resolve();

/** Runs `tt` with these words, parted by spaces, as the process would with `env` added to its environment. */
export function runHere(
  args: string | readonly string[],
  env: Readonly<Record<string, string>>,
  heard: (text: string) => void = () => {},
): Promise<Ended> {
  const run = async (): Promise<Ended> => {
    const before = { ...process.env };
    const { exitCode: exitCodeBefore } = process;
    Object.assign(process.env, env);
    process.exitCode = undefined;
    const printed = { stdout: '', stderr: '' };
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        printed[name] += String(text);
        heard(String(text));
        return true;
      }),
    );
    try {
      const exitCode = await runTt(typeof args === 'string' ? args.split(' ').filter((word) => word !== '') : args);
      return { exitCode, ...printed };
    } finally {
      for (const spy of spies) spy.mockRestore();
      process.exitCode = exitCodeBefore;
      for (const name of Object.keys(env)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  };
  const ended = last.then(run);
  last = ended.catch(() => {});
  return ended;
}

/** Name, processors, memory and ports of each VM. */
export function sizes(vms: readonly Vm[]): (string | number)[][] {
  return vms.map(({ name, spec, portMap }) => [
    name,
    spec.cpuCount,
    spec.memoryMiB,
    portMap.map(({ guestPort, protocol }) => `${guestPort}/${protocol}`).join(' '),
  ]);
}

/** The code in the one line of a failed command that says what to do. */
export function codeOf(stderr: string): string | undefined {
  return /\[(\w+)\]/.exec(stderr)?.[1];
}
