// What every command has: errors as JSON for wrong usage too, `--quiet`, `--watch`, `--yes`, and the help.
import { errorRecordSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { until } from '../agent/testing/until.ts';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let tt: TestTt['tt'];
beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
  ({ tt } = running);
});
afterAll(() => running.stop());
afterEach(() => running.removeEnvs());

const failure = z.strictObject({ error: errorRecordSchema });

describe('wrong usage with --json', () => {
  it.each([
    ['env fly --json', "unknown command 'fly'", [], 'tt env --help'],
    ['env lst --json', "unknown command 'lst'", ['list'], 'tt env --help'],
    ['env list --jsn --json', "unknown option '--jsn'", ['--json'], 'tt env list --help'],
    ['env show --json', "missing required argument 'name'", [], 'tt env show --help'],
    ['env update demo --json', 'give at least one change', [], 'tt env update --help'],
    ['env add demo --os-prefix tiny --cpu x --json', 'give a whole number', [], 'tt env add --help'],
    ['nothing --json', "unknown command 'nothing'", [], 'tt --help'],
  ])('%s is an error of the table', async (line, problem, suggestions, help) => {
    const { exitCode, stdout, stderr } = await tt(line);
    const { error } = failure.parse(JSON.parse(stderr));
    expect([exitCode, stdout, error.code]).toEqual([2, '', 'COMMAND_LINE_INVALID']);
    expect(error.data).toMatchObject({ problem: expect.stringContaining(problem), suggestions });
    expect(error.fix).toMatch(new RegExp(`^See "${help}" `));
  });
});

describe('--quiet', () => {
  it('leaves out what is for people, not errors, and not JSON', async () => {
    expect(await tt('env add demo --os-prefix tiny --quiet')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect((await tt('env show demo -q --json')).stdout).toContain('"demo"');
    expect((await tt('env show demmo -q')).stderr).toContain('ENV_NOT_FOUND');
    expect((await tt('env list')).stdout).toContain('demo');
    expect((await tt('env del demo -q --yes')).stdout).toBe('');
  });
});

describe('--watch', () => {
  it('shows the answer again when it has changed, until an interruption', async () => {
    await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    let said = '';
    const watching = tt('env list --watch', {}, (text) => {
      said += text;
    });
    await until('it shows the ENV', () => said.includes('demo'));
    await running.agent.client.env.update({ name: 'demo', title: 'changed' });
    await until('it shows the change', () => said.includes('changed'));
    process.emit('SIGINT');
    expect(await watching).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('prints one line of JSON each time', async () => {
    let said = '';
    const watching = tt('env list --watch --json', {}, (text) => {
      said += text;
    });
    await until('it has shown something', () => said.includes('\n'));
    process.emit('SIGTERM');
    const { stdout } = await watching;
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toEqual({ envs: [] });
  });

  it('ends with the failure of the command', async () => {
    const { exitCode, stderr } = await tt('env show nobody --watch');
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('ENV_NOT_FOUND')]);
  });
});

describe('the help', () => {
  it('groups the commands, and shows examples', async () => {
    const { stdout } = await tt('--help');
    const headings = stdout.match(/^[A-Z][A-Za-z ]+:$/gm);
    expect(headings).toEqual([
      'Options:',
      'ENVs and VMs:',
      'Screens:',
      'Images and labs:',
      'The server:',
      'This computer:',
      'Commands:',
      'Examples:',
    ]);
    expect(stdout).toContain('  $ tt env add demo');
    expect(stdout).not.toContain('complete <line>');
    expect((await tt('env add --help')).stdout).toContain('Examples:\n  $ tt env add demo');
  });
});
