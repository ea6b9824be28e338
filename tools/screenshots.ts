// `npm run screenshots`: the pictures of the documentation, taken from the real window with real guests in headless Chromium.
// Starts an agent of its own and ends it with everything it runs, also on Ctrl-C. Needs `npm run build` first.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAgentProcess } from '../bench/agent-process.ts';
import { imageDirectory } from '../bench/image-directory.ts';
import { launchChromium } from '../bench/window/open-window.ts';
import { makeDemo } from './screenshots/demo.ts';
import { pictures, takePicture } from './screenshots/pictures.ts';

const root = path.resolve(import.meta.dirname, '..');
const outputDirectory = path.join(root, 'docs/images');
const windowDirectory = path.join(root, 'out/renderer');
const say = (text: string) => process.stdout.write(`${text}\n`);

if (!existsSync(windowDirectory)) {
  say('There is no built window: run "npm run build" first.');
  process.exit(1);
}
const resources = new AsyncDisposableStack();
let ending: Promise<void> | null = null;
const end = () => (ending ??= resources.disposeAsync());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());

try {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-shots-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  say('Starting an agent and the machines of the demo (a minute) ...');
  const images = await imageDirectory(undefined, folder);
  const agent = await startAgentProcess(resources, { folder, imageDirectory: images, engine: 'qemu', windowDirectory });
  const demo = await makeDemo(agent, say);
  const browser = await launchChromium(resources);
  await mkdir(outputDirectory, { recursive: true });
  const only = process.argv.slice(2);
  for (const picture of pictures(demo)) {
    if (only.length > 0 && !only.includes(picture.name)) continue;
    const { code } = await agent.connection.client.session.invite();
    await takePicture(browser, `${agent.url}/#join=${code}`, picture, outputDirectory);
    say(`wrote docs/images/${picture.name}.png`);
  }
} catch (error) {
  // Ctrl-C ends the programs under our feet: what fails then is no finding.
  if (ending === null) {
    console.error(error);
    process.exitCode = 1;
  }
} finally {
  await end();
}
process.exit();
