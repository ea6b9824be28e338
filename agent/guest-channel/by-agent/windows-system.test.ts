// What a Windows guest is asked to run: its command lines are one text, and its scripts are files of other interpreters.
import { describe, expect, it } from 'vitest';
import type { ExecRequest } from '../exec-request.ts';
import { type RunHeader, WindowsSystem } from './windows-system.ts';

const system = new WindowsSystem();
const place = system.place('C:\\Windows\\Temp', '0123456789abcdef', Buffer.from('the-end'));

function started(request: Partial<ExecRequest>, stdin = '') {
  const program = system.start(place, { argv: [], ...request }, Buffer.from(stdin));
  if ('errno' in program) return program;
  const input = Buffer.from(program.input ?? '');
  const line = input.indexOf(10);
  const header = JSON.parse(input.toString('utf8', 0, line)) as RunHeader;
  const content = input.subarray(line + 1);
  const script = content.toString('utf8', 0, header.scriptBytes);
  return { path: program.path, header, script, stdin: content.toString('utf8', header.scriptBytes) };
}

describe('a program', () => {
  it.each([
    [['a b', '', 'c'], '"a b" "" c'],
    [['say "hi"'], '"say \\"hi\\""'],
    [['C:\\some folder\\'], '"C:\\some folder\\\\"'],
    [['a\\"b c'], '"a\\\\\\"b c"'],
    [['C:\\plain\\'], 'C:\\plain\\'],
  ])('has its arguments as Windows takes them apart: %j', (args, text) => {
    expect(started({ argv: ['prog.exe', ...args] })).toMatchObject({
      header: { program: 'prog.exe', arguments: text },
    });
  });

  it('has its folder, environment and input', () => {
    const request = { argv: ['prog.exe'], cwd: 'C:\\work', env: { NAME: 'ä', GONE: null } };
    expect(started(request, 'input\n')).toMatchObject({
      path: 'powershell.exe',
      header: {
        folder: 'C:\\Windows\\Temp\\tt-run-0123456789abcdef',
        endMark: 'the-end',
        cwd: 'C:\\work',
        environment: { NAME: 'ä', GONE: null },
        scriptName: null,
        scriptBytes: 0,
      },
      stdin: 'input\n',
    });
  });

  it('is refused for another user', () => {
    expect(started({ argv: ['prog.exe'], user: 'kim' })).toMatchObject({ errno: 38 });
  });

  it('fits into the command line of PowerShell, which has 32 767 characters', () => {
    const program = system.start(place, { argv: ['prog.exe'] }, Buffer.alloc(0));
    const length = 'errno' in program ? Number.NaN : program.arg.join(' ').length;
    expect(length).toBeLessThan(32_000);
  });
});

describe('a script', () => {
  const script = (text: string, interpreter: string[] | null = null) =>
    started({ argv: ['/bin/sh', '-c', text], script: { text, interpreter } }, 'rest');

  it('is one of cmd.exe, unless it says otherwise', () => {
    expect(script('echo ä\necho b')).toMatchObject({
      header: { program: 'cmd.exe', arguments: '/d /c C:\\Windows\\Temp\\tt-run-0123456789abcdef\\script.cmd' },
      script: '@echo off\r\nchcp 65001 > nul\r\necho ä\r\necho b',
      stdin: 'rest',
    });
  });

  it('is one of PowerShell, or of any other program, where its first line names it', () => {
    const powershell = script('#!powershell\n1', ['powershell']);
    expect(powershell).toMatchObject({ header: { program: 'powershell', scriptName: 'script.ps1' } });
    expect(powershell).toMatchObject({ script: '\ufeff#!powershell\n1', stdin: 'rest' });
    const python = script('print(1)', ['C:\\Python\\python.exe', '-u']);
    expect(python).toMatchObject({
      header: { program: 'C:\\Python\\python.exe', arguments: expect.stringMatching(/^-u .*\\script$/) },
    });
  });
});

it('ends with any number of 32 bits', () => {
  expect(system.exitOf({ exitCode: -1, signal: null })).toEqual({ exitCode: 0xffff_ffff, signal: null });
  expect(system.exitOf({ exitCode: null, signal: 0xc000_0005 })).toEqual({ exitCode: 0xc000_0005, signal: null });
});
