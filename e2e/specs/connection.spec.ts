// The desktop's onboarding: no agent yet, so the window asks; "Use this computer" starts the bundled agent as Electron's
// child; "Connect to a server" takes an address and a token, and keeps the token encrypted.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { connectNode, findPrivateAgent, joinLink } from '@tt/client/node';
import { prepareImages, TestAgent } from '../fixtures/agent.ts';
import { type Launched, launch } from '../fixtures/launchers.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher === 'browser', 'a browser window belongs to the agent that served it');

const opened: Launched[] = [];

test.afterEach(async () => {
  for (const launched of opened.splice(0)) {
    await launched.close();
    expect(launched.faults()).toEqual([]);
  }
});

test('starts the private agent of this computer, and ends it with the window', async ({
  launcher,
  agent,
  browser,
}, info) => {
  const home = info.outputPath('home');
  await prepareImages('fake', path.join(home, 'images'));
  const first = await launch(launcher, { browser, agent, contextOptions: {}, scratch: info.outputPath('app'), home });
  opened.push(first);
  await expect(first.page.getByRole('heading', { name: 'Use this computer' })).toBeVisible();
  await first.page.getByRole('button', { name: 'Start' }).click();
  const window = new TtWindow(first.page);
  await window.ready();
  await expect(first.page.getByText('This computer').first()).toBeVisible();
  const { pid } = JSON.parse(await readFile(path.join(home, 'agent.json'), 'utf8')) as { pid: number };
  expect(isAlive(pid)).toBe(true);

  // `tt open` leads a browser into this agent, and what is deleted there can be undone for a day.
  const own = await findPrivateAgent(home);
  const { client, close } = connectNode(own);
  const [{ code }, { keepDeletedS }] = await Promise.all([client.session.invite(), client.host.show()]);
  close();
  expect(keepDeletedS).toBe(86_400);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(joinLink(own, code));
  await new TtWindow(page).ready();
  await context.close();

  await opened.pop()?.close();
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(first.faults()).toEqual([]);

  // The next start remembers the choice and asks nothing.
  const second = await launch(launcher, { browser, agent, contextOptions: {}, scratch: info.outputPath('app'), home });
  opened.push(second);
  await new TtWindow(second.page).ready();
});

test('starts the agent again when it dies, where it was', async ({ launcher, agent, browser }, info) => {
  const home = info.outputPath('home');
  await prepareImages('fake', path.join(home, 'images'));
  const { page } = await opening(
    launch(launcher, { browser, agent, contextOptions: {}, scratch: info.outputPath('app'), home }),
  );
  await page.getByRole('button', { name: 'Start' }).click();
  const window = new TtWindow(page);
  await window.ready();
  await window.goTo('Images');
  const noteOf = async () =>
    JSON.parse(await readFile(path.join(home, 'agent.json'), 'utf8')) as { pid: number; url: string };
  const before = await noteOf();
  process.kill(before.pid, 'SIGKILL');
  // An agent that starts has much to read; on a busy computer that takes a while.
  await expect.poll(async () => (await noteOf()).pid, { timeout: 60_000 }).not.toBe(before.pid);
  expect((await noteOf()).url).toBe(before.url);
  await window.ready();
  await expect(page.getByText('Link ok')).toBeVisible();
  await expect(page.getByText('The link to the agent is down.')).toHaveCount(0);
  await expect(page.getByText('No agent answers')).toHaveCount(0);
  await expect(page).toHaveURL(/#\/images$/);
});

test('connects to a server, and says why when it can not', async ({ launcher, agent, browser }, info) => {
  const home = info.outputPath('home');
  const scratch = info.outputPath('app');
  const { page } = await opening(launch(launcher, { browser, agent, contextOptions: {}, scratch, home }));
  const connect = async (address: string, token: string) => {
    await page.getByRole('textbox', { name: 'Address' }).fill(address);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Connect' }).click();
  };
  await connect(agent.url, 'not-the-token');
  await expect(page.getByRole('alert')).toContainText('A valid access token is needed');
  await connect('http://127.0.0.1:9', agent.token);
  await expect(page.getByRole('alert')).toContainText('No agent answers at http://127.0.0.1:9');
  await connect(agent.url, agent.token);
  await new TtWindow(page).ready();
  await expect(page.getByText(new URL(agent.url).host).first()).toBeVisible();

  if (launcher === 'desktop-host') {
    // What is kept on the disk is not the token.
    const kept = await readFile(path.join(scratch, 'user-data', 'connection.json'), 'utf8');
    expect(kept).toContain(agent.url);
    expect(kept).not.toContain(agent.token);
    const { servers } = JSON.parse(kept) as { servers: { token: string }[] };
    expect(servers).toHaveLength(1);
    expect(Buffer.from(servers[0]?.token ?? '', 'base64').toString()).not.toContain(agent.token);
  }

  // The next start connects there automatically.
  await opened.pop()?.close();
  const again = await opening(launch(launcher, { browser, agent, contextOptions: {}, scratch, home }));
  await new TtWindow(again.page).ready();
});

test('asks once whom to trust, and stops when another server answers', async ({ launcher, agent, browser }, info) => {
  const secured = await TestAgent.start('fake', { flags: ['--tls', 'always'] });
  let impostor: TestAgent | null = null;
  const home = info.outputPath('home');
  const scratch = info.outputPath('app');
  const options = { browser, agent, contextOptions: {}, scratch, home };
  try {
    const { page } = await opening(launch(launcher, options));
    await page.getByRole('textbox', { name: 'Address' }).fill(secured.url);
    await page.getByLabel('Token').fill(secured.token);
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByRole('alert')).toContainText(/certificate authority is ([0-9a-f]{4} ){15}[0-9a-f]{4}/);
    await page.getByRole('button', { name: 'trust this server' }).click();
    await new TtWindow(page).ready();

    // Nothing is asked at the next start.
    await opened.pop()?.close();
    const again = await opening(launch(launcher, options));
    await new TtWindow(again.page).ready();
    await opened.pop()?.close();

    const port = new URL(secured.url).port;
    await secured.kill();
    impostor = await TestAgent.start('fake', { flags: ['--tls', 'always', '--serv-port', port] });
    const third = await opening(launch(launcher, options));
    await expect(third.page.getByRole('alert')).toContainText('is not the one you have trusted');
    await expect(third.page.getByRole('button', { name: 'trust this server' })).toHaveCount(0);
  } finally {
    await impostor?.dispose();
    await secured.dispose();
  }
});

async function opening(launching: Promise<Launched>): Promise<Launched> {
  const launched = await launching;
  opened.push(launched);
  return launched;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
