// `tt env push|get` and `tt vm push|get` with fake guests: what goes where, what is refused, and how each misuse ends.
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type FeedItem, fetchedFileSchema, guestEntrySchema, pushedVmSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let folder: string;
/** In the guests; each test has its own. */
let target: string;
let tests = 0;

const sent = z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string() });
const pushedSchema = z.object({ vms: z.array(pushedVmSchema), files: z.array(sent), leftOut: z.array(z.string()) });
const listedSchema = z.object({ entries: z.array(guestEntrySchema) });
const pulledSchema = z.object({
  vms: z.array(
    z.object({
      vmId: z.string(),
      vmName: z.string(),
      files: z.array(fetchedFileSchema.extend({ file: z.string() })),
      leftOut: z.array(z.string()),
      failure: z.null(),
    }),
  ),
});

beforeAll(async () => {
  running = await startTestTt({});
  await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
}, 60_000);
afterAll(() => running.stop());
beforeEach(async () => {
  folder = await mkdtemp(path.join(running.emptyHome, 'files-'));
  target = `/srv/cli-${++tests}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inside = (name: string) => path.join(folder, name);
const transfers = async () => (await running.agent.client.transfer.list()).transfers.length;
const dropAll = async () => {
  const { client } = running.agent;
  for (const { id } of (await client.transfer.list()).transfers) await client.transfer.drop({ transferId: id });
};

async function makeTree(): Promise<string> {
  const site = inside('site');
  await mkdir(path.join(site, 'deep/empty'), { recursive: true });
  await writeFile(path.join(site, 'index.html'), '<p>hello</p>\n');
  await writeFile(path.join(site, 'deep/run me.sh'), 'true\n');
  await chmod(path.join(site, 'deep/run me.sh'), 0o755);
  await writeFile(path.join(site, 'nothing'), '');
  await symlink('/etc/passwd', path.join(site, 'link'));
  return site;
}

/** What is below a folder of this computer. */
async function treeOf(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const lines = names.map(async (name) => {
    const found = await lstat(path.join(root, name));
    return found.isDirectory() ? `${name}/` : `${name} ${(found.mode & 0o777).toString(8)}`;
  });
  return (await Promise.all(lines)).sort();
}

it('files of a guest are listed with mode and owner, also what a pattern matches', async () => {
  await writeFile(inside('a b'), 'x'.repeat(2000));
  await running.tt(['vm', 'push', 'demo/tiny-2-1', inside('a b'), `${target}/deep/`, '--mode', '750']);
  const listed = await running.tt(`vm files demo/tiny-2-1 ${target}/deep`);
  const [head = '', row = ''] = listed.stdout.split('\n');
  expect([listed.exitCode, head.split(/\s+/)]).toEqual([0, ['MODE', 'OWNER', 'SIZE', 'MODIFIED', 'NAME']]);
  expect(row).toMatch(/^-rwxr-x---\s+root\s+2 KiB\s+\d{4}-\d\d-\d\d \d\d:\d\d\s+\/srv\/.*\/deep\/a b$/);
  const { entries } = await running.json(`vm files demo/tiny-2-1 ${target} --tree`, listedSchema);
  expect(entries.map(({ kind, owner }) => [kind, owner])).toEqual([
    ['folder', 'root'],
    ['file', 'root'],
  ]);
  expect((await running.json(`vm files demo/tiny-2-1 ${target}/d*p`, listedSchema)).entries).toHaveLength(1);
  expect(await running.endings(`vm files demo/tiny-2-1 ${target}/none`)).toEqual([[3, 'GUEST_FILE_MISSING']]);
  expect(await running.endings('vm files demo/tiny-2-1 relative')).toEqual([[2, 'FILE_UNUSABLE']]);
});

describe('a folder', () => {
  it('goes to every guest and comes back the same, named by VM, without its links', async () => {
    const site = await makeTree();
    const pushed = await running.tt(`env push demo ${site} ${target}/ --json`);
    expect([pushed.exitCode, pushed.stderr]).toEqual([
      0,
      `tt: ${path.join(site, 'link')} is left out: it is no plain file\n`,
    ]);
    const { vms, files, leftOut } = pushedSchema.parse(JSON.parse(pushed.stdout));
    expect(vms.map(({ vmName, state }) => [vmName, state])).toEqual([
      ['demo/tiny-2-1', 'done'],
      ['demo/tiny-2-2', 'done'],
    ]);
    expect(files.map((file) => file.path).sort()).toEqual(
      ['deep/run me.sh', 'index.html', 'nothing'].map((name) => `${target}/site/${name}`),
    );
    expect(leftOut).toEqual([path.join(site, 'link')]);
    const { vms: pulled } = await running.json(`env get demo ${target}/site ${inside('got')}`, pulledSchema);
    expect(pulled.map(({ vmName, files: got }) => [vmName, got.length])).toEqual([
      ['demo/tiny-2-1', 3],
      ['demo/tiny-2-2', 3],
    ]);
    for (const name of ['tiny-2-1', 'tiny-2-2']) {
      expect(await treeOf(inside(`got/${name}`))).toEqual([
        'site/',
        'site/deep/',
        'site/deep/empty/',
        'site/deep/run me.sh 755',
        'site/index.html 644',
        'site/nothing 644',
      ]);
      expect(await readFile(inside(`got/${name}/site/index.html`), 'utf8')).toBe('<p>hello</p>\n');
    }
    expect(await transfers()).toBe(0);
  });

  it('becomes what it is called in the guest, where the path does not end with a slash', async () => {
    const site = await makeTree();
    await running.tt(`env push demo ${site} :${target}/www --quiet`);
    const { stdout } = await running.tt(`env get demo ${target}/www/*.html ${inside('got')} --vm tiny-2-2`);
    expect(stdout).toMatch(/demo\/tiny-2-2 {2}done +\d+ B +1 file in .*got\/tiny-2-2\n$/);
    expect(await treeOf(inside('got'))).toEqual(['tiny-2-2/', 'tiny-2-2/index.html 644']);
  });
});

describe('a file', () => {
  it('has the mode and goes to the guests that were asked for', async () => {
    await writeFile(inside('a'), 'text');
    const { vms } = await running.json(`vm push demo/tiny-2-1 ${inside('a')} ${target}/b --mode 600`, pushedSchema);
    expect(vms.map(({ vmName }) => vmName)).toEqual(['demo/tiny-2-1']);
    await running.tt(`vm get demo/tiny-2-1 ${target}/b ${inside('got')}`);
    const got = inside('got/tiny-2-1/b');
    expect([await readFile(got, 'utf8'), (await stat(got)).mode & 0o777]).toEqual(['text', 0o600]);
    expect(await running.endings(`vm get demo/tiny-2-2 ${target}/b ${inside('other')}`)).toEqual([
      [3, 'GUEST_FILE_MISSING'],
    ]);
  });

  it('is not overwritten on either side without --force, and then on both', async () => {
    await writeFile(inside('a'), 'old');
    await running.tt(`env push demo ${inside('a')} ${target}/`);
    await running.tt(`env get demo ${target}/a ${inside('got')}`);
    await writeFile(inside('a'), 'newer');
    const refused = await running.tt(`env push demo ${inside('a')} ${target}/`);
    expect([refused.exitCode, refused.stdout.match(/GUEST_FILE_EXISTS/g)?.length]).toEqual([4, 2]);
    expect(refused.stderr.match(/--force/g)?.length).toBe(1);
    // What was sent is used by the next try.
    expect(await transfers()).toBe(1);
    expect((await running.tt(`env push demo ${inside('a')} ${target}/ --force`)).exitCode).toBe(0);
    expect(await transfers()).toBe(0);
    await writeFile(inside('a'), 'newest');
    const one = await running.tt(`vm push demo/tiny-2-1 ${inside('a')} ${target}/`);
    expect([one.exitCode, one.stderr.match(/--force/g)?.length]).toEqual([4, 1]);
    await dropAll();
    await writeFile(inside('a'), 'newer');
    const kept = await running.tt(`env get demo ${target}/a ${inside('got')}`);
    expect([kept.exitCode, kept.stdout.match(/FILE_UNUSABLE/g)?.length]).toEqual([2, 2]);
    expect(await readFile(inside('got/tiny-2-1/a'), 'utf8')).toBe('old');
    expect((await running.tt(`env get demo ${target}/a ${inside('got')} --force`)).exitCode).toBe(0);
    expect(await readFile(inside('got/tiny-2-2/a'), 'utf8')).toBe('newer');
    expect(await treeOf(inside('got'))).toEqual(['tiny-2-1/', 'tiny-2-1/a 644', 'tiny-2-2/', 'tiny-2-2/a 644']);
  });

  it('never goes through a link that stands in place of a folder here', async () => {
    await writeFile(inside('a'), 'text');
    await running.tt(`vm push demo/tiny-2-1 ${inside('a')} ${target}/x/a`);
    await mkdir(inside('elsewhere'));
    await mkdir(inside('got/tiny-2-1'), { recursive: true });
    await symlink(inside('elsewhere'), inside('got/tiny-2-1/x'));
    expect(await running.endings(`vm get demo/tiny-2-1 ${target}/x ${inside('got')} --force`)).toEqual([
      [2, 'FILE_UNUSABLE'],
    ]);
    expect(await readdir(inside('elsewhere'))).toEqual([]);
  });
});

it('guests that are not reached have an exit code of their own; the others get their files', async () => {
  const { client, fakeHost } = running.agent;
  await writeFile(inside('a'), 'text');
  const { vms } = await client.env.show({ name: 'demo' });
  const dead = fakeHost.ofVm(vms[1]?.id ?? '');
  dead?.setPaused(true);
  const { exitCode, stdout } = await running.tt(`env push demo ${inside('a')} ${target}/ --time-out 1`);
  expect([exitCode, stdout.match(/done|failed/g)]).toEqual([9, ['done', 'failed']]);
  const got = await running.tt(`env get demo ${target}/a ${inside('got')} --time-out 1s`);
  expect([got.exitCode, got.stdout.match(/done|failed/g)]).toEqual([9, ['done', 'failed']]);
  dead?.setPaused(false);
  await dropAll();
});

it('Ctrl-C cancels, leaves no file under its name, and the next try sends nothing again', async () => {
  const { client, fakeHost, feed } = running.agent;
  await writeFile(inside('a'), 'text');
  const [vm] = (await client.env.show({ name: 'demo' })).vms;
  const guest = fakeHost.ofVm(vm?.id ?? '');
  guest?.setPaused(true);
  const before = feed.length;
  const pushing = running.tt(`vm push demo/tiny-2-1 ${inside('a')} ${target}/ --time-out 600`);
  const begun = (item: FeedItem) =>
    item.kind === 'event' && item.event.type === 'operation.updated' && item.event.data.parts !== undefined;
  await expect.poll(() => feed.slice(before).some(begun)).toBe(true);
  process.emit('SIGINT');
  const { exitCode, stderr } = await pushing;
  expect([exitCode, codeOf(stderr)]).toEqual([130, 'OPERATION_CANCELLED']);
  guest?.setPaused(false);
  expect(await running.endings(`vm get demo/tiny-2-1 ${target}/a ${inside('got')}`)).toEqual([
    [3, 'GUEST_FILE_MISSING'],
  ]);
  const [kept] = (await client.transfer.list()).transfers;
  expect(kept?.state).toBe('whole');
  expect((await running.tt(`vm push demo/tiny-2-1 ${inside('a')} ${target}/`)).exitCode).toBe(0);
  expect(await transfers()).toBe(0);
});

it('says what is wrong before anything is sent', async () => {
  await writeFile(inside('a'), 'text');
  await mkdir(inside('b'));
  await symlink('nowhere', inside('dangling'));
  const ends = await running.endings(
    `env push demo ${inside('a')}`,
    `env push demo ${inside('none')} ${target}/`,
    `env push demo ${inside('a')} relative`,
    `env push demo ${inside('a')} ${inside('b')} ${target}`,
    `env push demo ${inside('a')} ${inside('a')} ${target}/`,
    `env push demo ${inside('dangling')} ${target}/`,
    `env push demo /dev/null ${target}/`,
    `env push demo ${inside('a')} ${target}/ --mode 8`,
    `env push demo ${inside('a')} ${target}/ --owner a:b:c`,
    `env push demo ${inside('a')} ${target}/ --time-out 2h`,
    `env push demo ${inside('a')} ${target}/ --vm none`,
    `env push demo ${inside('a')} ${target}/ --os-prefix tyny`,
    `env push none ${inside('a')} ${target}/`,
    `env get demo ${target}`,
    `env get demo relative ${inside('got')}`,
  );
  expect(ends).toEqual([
    [2, undefined],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, undefined],
    [2, undefined],
    [2, undefined],
    [3, 'VM_NOT_FOUND'],
    [3, 'SYSTEM_NOT_IN_ENV'],
    [3, 'ENV_NOT_FOUND'],
    [2, undefined],
    [2, 'FILE_UNUSABLE'],
  ]);
  await dropAll();
});

it('the code of a failure that is about everything ends the command', async () => {
  const { exitCode, stderr } = await running.tt(`vm get demo/none /etc/hostname ${inside('got')}`);
  expect([exitCode, codeOf(stderr)]).toEqual([3, 'VM_NOT_FOUND']);
});
