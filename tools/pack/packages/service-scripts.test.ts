// When the scripts of both kinds of packages start, replace, end and purge a service: run by sh, with functions that only say that they were
// called. And that those of our services are whole.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../agent/host/run-command.ts';
import { debScripts, readServiceFunctions, rpmScripts } from './service-scripts.ts';

const names = ['installed', 'upgraded', 'removing', 'end_service', 'purge'];
const saying = names.map((name) => `${name}() { echo ${name}; }\n`).join('');
const deb = debScripts('tt-test', saying);
const { scriptlets, purge } = rpmScripts('tt-test', saying);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-scripts-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(text: string, args: readonly string[]): Promise<string> {
  const file = path.join(folder, 'script');
  await writeFile(file, text);
  const { stdout } = await runCommand('sh', [file, ...args], { timeoutMs: 60_000, okExitCodes: [0, 1, 2] });
  return stdout.trim();
}

it.each([
  ['postinst', ['configure', ''], 'installed'],
  ['postinst', ['configure', '0.0.9'], 'upgraded'],
  ['postinst', ['abort-upgrade', '0.0.9'], ''],
  ['prerm', ['remove'], 'removing'],
  ['prerm', ['upgrade', '0.2.0'], ''],
  ['postrm', ['remove'], ''],
  ['postrm', ['upgrade', '0.2.0'], ''],
  ['postrm', ['purge'], 'purge'],
])('dpkg: %s %j calls %s', async (script, args, called) => {
  // Reloading, in postrm, is systemd’s.
  const text = (deb.get(script) ?? 'exit 9').replace('[ -d /run/systemd/system ]', 'false');
  expect(await run(text, args)).toBe(called);
});

it.each([
  ['post', '1', 'installed'],
  ['post', '2', 'upgraded'],
  ['preun', '0', 'removing'],
  ['preun', '1', ''],
  ['postun', '0', ''],
  ['postun', '1', ''],
])('rpm: %%%s %s calls %s', async (section, left, called) => {
  const text = (scriptlets.get(section) ?? 'exit 9').replace('[ -d /run/systemd/system ]', 'false');
  expect(await run(text, [left])).toBe(called);
});

it('rpm: the program that purges ends the service first, and only when that is meant', async () => {
  const asRoot = purge.replace('"$(id -u)"', '0');
  expect(await run(asRoot, [])).toBe('');
  expect(await run(asRoot, ['--yes'])).toBe('end_service\npurge');
  expect(await run(purge.replace('"$(id -u)"', '1000'), ['--yes'])).toBe('');
});

it.each(['tt-agent', 'tt-proxy'])('%s has all of them', async (name) => {
  const functions = await readServiceFunctions(name);
  expect([...functions.matchAll(/^(\w+)\(\) \{$/gm)].map(([, found]) => found)).toEqual(expect.arrayContaining(names));
  const { scriptlets, purge } = rpmScripts(name, functions);
  const texts = [...debScripts(name, functions).values(), ...scriptlets.values(), purge];
  for (const text of texts) await runCommand('sh', ['-n', '-c', text], { timeoutMs: 60_000 });
});
