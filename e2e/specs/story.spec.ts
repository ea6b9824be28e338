// THE story, with real guests: two machines are made, one is worked in through its console, both are snapshotted at one
// instant, what was written is removed, and the snapshot is dragged back. Everything is done in the window; what is true
// inside the guests is read over their serial ports.
import type { Vm } from '@tt/protocol';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, type Tt, test } from '../fixtures/tt.ts';
import type { ConsolePage } from '../pages/console.ts';
import { TtWindow } from '../pages/window.ts';

test.use({ engine: 'qemu' });

const RAM_FILE = '/run/story';
const DISK_FILE = '/root/story';

test('make two machines, work in one, snapshot both, lose it all, drag it back', async ({ tt }, info) => {
  test.setTimeout(600_000);
  const window = new TtWindow(tt.page);
  await window.ready();

  await test.step('N, tiny, two of it, Ctrl-Enter', async () => {
    await window.newEnv.createByKeyboard({ search: 'tiny', name: 'story', copies: 2 });
    await window.env('story').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  });
  const [first, second] = await machinesOf(tt);
  const inFirst = (command: string) => SerialShell.run(tt.agent, first.id, command);
  const inSecond = (command: string) => SerialShell.run(tt.agent, second.id, command);

  const console = window.console('tiny-2-1');
  await test.step('sit down at the first machine and log in', async () => {
    expect(await inFirst('hostname')).toBe('tiny-2-1');
    await openConsole(window, console);
    await logIn(console, inFirst);
    await info.attach('logged in', { body: await tt.page.screenshot(), contentType: 'image/png' });
  });

  await test.step('write a file into RAM and one onto the disk', async () => {
    await console.typeLine(`echo "in RAM: $(hostname)" > ${RAM_FILE}`);
    await console.typeLine(`echo 'on disk | with pipes' > ${DISK_FILE} && sync`);
    await expect
      .poll(() => inFirst(`cat ${RAM_FILE} ${DISK_FILE}`), { timeout: 60_000 })
      .toBe('in RAM: tiny-2-1\non disk | with pipes');
    await inSecond(`echo second > ${RAM_FILE}; echo second > ${DISK_FILE}; sync`);
    await info.attach('written', { body: await tt.page.screenshot(), contentType: 'image/png' });
    await tt.page.keyboard.press('Control+Alt');
    await console.back();
  });

  await test.step('snapshot the ENV, both at one instant', async () => {
    await window.env('story').action('Snapshot').click();
    await window.shelf.take('before-the-accident');
    const { snapshots } = await tt.agent.client.snapshot.list({ envName: 'story' });
    expect(snapshots[0]?.vms.map(({ hasRam }) => hasRam)).toEqual([true, true]);
  });

  await test.step('the accident: both files are removed, in both machines', async () => {
    await openConsole(window, console);
    await console.takeKeys();
    await console.typeLine(`rm ${RAM_FILE} ${DISK_FILE} && sync`);
    await expect.poll(() => inFirst(`ls ${RAM_FILE} ${DISK_FILE} 2>/dev/null; true`), { timeout: 60_000 }).toBe('');
    await inSecond(`rm ${RAM_FILE} ${DISK_FILE}; sync`);
    await tt.page.keyboard.press('Control+Alt');
    await console.back();
  });

  await test.step('drag the snapshot onto the ENV', async () => {
    const env = window.env('story');
    await window.shelf.snapshot('before-the-accident').dragTo(env.header);
    await expect(window.message('2 machines reverted to “before-the-accident”')).toBeVisible({ timeout: 120_000 });
    await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
    await info.attach('reverted', { body: await tt.page.screenshot(), contentType: 'image/png' });
  });

  await test.step('read both files again, in the console where one was logged in', async () => {
    await openConsole(window, console);
    await console.takeKeys();
    // No new login: the shell of before the accident is back, with its RAM.
    await console.typeLine(`cat ${RAM_FILE} ${DISK_FILE} | tee /run/seen`);
    await expect
      .poll(() => inFirst('cat /run/seen'), { timeout: 60_000 })
      .toBe('in RAM: tiny-2-1\non disk | with pipes');
    expect(await inSecond(`cat ${RAM_FILE} ${DISK_FILE}`)).toBe('second\nsecond');
    await info.attach('read again', { body: await tt.page.screenshot(), contentType: 'image/png' });
  });
});

async function machinesOf({ agent }: Tt): Promise<[Vm, Vm]> {
  const { vms } = await agent.client.env.show({ name: 'story' });
  const [first, second] = vms.toSorted((a, b) => a.name.localeCompare(b.name));
  if (!first || !second) throw new Error('story has not two machines');
  return [first, second];
}

async function openConsole(window: TtWindow, console: ConsolePage): Promise<void> {
  await window.env('story').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  await console.connected(60_000);
}

/** root, tt; each step waits until the guest itself says what has the screen's terminal now. */
async function logIn(console: ConsolePage, inGuest: (command: string) => Promise<string>): Promise<void> {
  // Field 7 of /proc/PID/stat is the terminal: 1025 is tty1.
  const find = "grep -hoE '[(][a-z]+[)] . [0-9]+ [0-9]+ [0-9]+ 1025 ' /proc/[0-9]*/stat 2>/dev/null; true";
  const onScreen = async () => (await inGuest(find)).replaceAll(/[^a-z\n]/gi, '').replaceAll(/[A-Z]$/gm, '');
  await expect.poll(onScreen, { timeout: 60_000 }).toBe('getty');
  await console.takeKeys();
  await console.typeLine('root');
  await expect.poll(onScreen, { timeout: 60_000 }).toBe('login');
  await console.typeLine('tt');
  await expect.poll(onScreen, { timeout: 60_000 }).toContain('sh');
}
