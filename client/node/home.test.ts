// Finding the private agent of a state folder, also when only the files of a dead one are left.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPrivateAgent, identifyAgent, stateDirectory } from './home.ts';
import { identifyProcess } from './process-identity.ts';

let home: string;
const agent = { url: 'http://127.0.0.1:41234', pid: process.pid, startedAt: '2026-11-21T10:00:00.000Z' };
const leave = (file: string, text: string) => writeFile(path.join(home, file), text);

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-home-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('the private agent', () => {
  it('is found by the file it leaves and its token', async () => {
    await leave('agent.json', JSON.stringify(agent));
    await leave('token', 'secret\n');
    expect(await findPrivateAgent(home)).toEqual({
      ...agent,
      startTicks: null,
      bootId: null,
      authority: null,
      token: 'secret',
      mustProve: true,
    });
  });

  it('is not running when there is no folder, no file, no token, or the process is gone', async () => {
    const notRunning = { code: 'AGENT_NOT_RUNNING', data: { stateDirectory: home } };
    await expect(findPrivateAgent(path.join(home, 'none'))).rejects.toMatchObject({ code: 'AGENT_NOT_RUNNING' });
    await expect(findPrivateAgent(home)).rejects.toMatchObject(notRunning);
    await leave('agent.json', JSON.stringify(agent));
    await expect(findPrivateAgent(home)).rejects.toMatchObject(notRunning);
    await leave('token', 'secret\n');
    // Above Linux's largest pid: no process can have it.
    await leave('agent.json', JSON.stringify({ ...agent, pid: 2 ** 22 + 1 }));
    await expect(findPrivateAgent(home)).rejects.toMatchObject(notRunning);
  });

  it('is not the process that has its pid now, nor one of an earlier boot', async () => {
    await leave('token', 'secret\n');
    const self = await identifyAgent((await identifyProcess(process.pid)) ?? { pid: 0, startTicks: null });
    await leave('agent.json', JSON.stringify({ ...agent, ...self }));
    expect(await findPrivateAgent(home)).toMatchObject({ pid: process.pid });
    const others = [{ startTicks: (self.startTicks ?? 0) - 1 }, { bootId: '4c3b2a19-0000-4000-8000-000000000000' }];
    for (const other of others) {
      await leave('agent.json', JSON.stringify({ ...agent, ...self, ...other }));
      await expect(findPrivateAgent(home)).rejects.toMatchObject({ code: 'AGENT_NOT_RUNNING' });
    }
  });

  it('does not take a broken file for a missing agent', async () => {
    await leave('agent.json', '{"url":');
    await expect(findPrivateAgent(home)).rejects.toThrow(SyntaxError);
    await leave('agent.json', '{"url":"here"}');
    await expect(findPrivateAgent(home)).rejects.not.toMatchObject({ code: 'AGENT_NOT_RUNNING' });
  });
});

it('has its state in TT_HOME, else where XDG says, else in the home folder', () => {
  expect(stateDirectory({ TT_HOME: '/a/../b', XDG_DATA_HOME: '/x' })).toBe('/b');
  expect(stateDirectory({ XDG_DATA_HOME: '/x' })).toBe('/x/tt');
  expect(stateDirectory({ TT_HOME: '' })).toBe(path.join(homedir(), '.local/share/tt'));
});
