// Test support: `tt` as a process of its own, talking to a test agent with the fake engine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { expect } from 'vitest';
import type { z } from 'zod';
import { runCommand } from '../agent/host/run-command.ts';
import { NOTHING, startTestAgent, type TestAgent, type TestAgentOptions } from '../agent/test-agent.ts';

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
  /** Runs `tt` with these words, parted by spaces; `env` is added to its environment. */
  tt(args: string, env?: Record<string, string>): Promise<Ended>;
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

  async function tt(args: string, env: Record<string, string> = {}): Promise<Ended> {
    const words = args.split(' ').filter((word) => word !== '');
    return runCommand(process.execPath, [ttMain, ...words], {
      timeoutMs: 15_000,
      // The cache halves what the many starts of Node cost.
      env: { TT_HOME: agent.home, TT_TOKEN: '', NODE_COMPILE_CACHE: path.join(emptyHome, 'compiled'), ...env },
      okExitCodes: Array.from({ length: 256 }, (_, code) => code),
    });
  }

  return {
    agent,
    emptyHome,
    tt,
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

/** Name, processors, memory and ports of each VM. */
export function sizes(vms: readonly Vm[]): (string | number)[][] {
  return vms.map(({ name, resources, portMap }) => [
    name,
    resources.cpuCount,
    resources.memoryMiB,
    portMap.map(({ guestPort, protocol }) => `${guestPort}/${protocol}`).join(' '),
  ]);
}

/** The code in the one line of a failed command that says what to do. */
export function codeOf(stderr: string): string | undefined {
  return /\[(\w+)\]/.exec(stderr)?.[1];
}
