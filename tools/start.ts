// `npm start`: builds what is stale, makes sure a private agent runs, opens Electron if its binary is available, otherwise
// serves the window to a browser and prints the link. Ctrl-C ends what it started and lists the VMs that keep running; a second
// one does not wait for that.
// `npm run dev:fake` (`--fake`) does the same with an agent with fake drivers, and creates example ENVs.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { spawnProcess } from '../agent/host/run-command.ts';
import {
  asFileProblem,
  connectNode,
  findPrivateAgent,
  makeStateFolder,
  PRIVATE_AGENT_FLAGS,
  type PrivateAgent,
  stateDirectory,
} from '../client/node/index.ts';
import { FAKE_DRIVERS, TtError } from '../protocol/index.ts';
import { fakeHome, prepareFakeHome } from './dev-fake/home.ts';
import { seedFakeAgent } from './dev-fake/seed.ts';
import { buildIfStale } from './start/build-if-stale.ts';
import { electronBinary } from './start/electron-binary.ts';
import { openBrowser } from './start/open-browser.ts';
import { followInterrupts } from './start/interrupts.ts';
import { networkLines } from './start/network-lines.ts';
import { endProcess, startAgent } from './start/start-agent.ts';
import { step } from './start/steps.mjs';
import { AgentStartError } from './start/wait-for-agent.ts';

type Child = Awaited<ReturnType<typeof spawnProcess>>;

const INTERRUPTED = 130;
const ATTACHED = 'TT was already running: Ctrl-C ends only this command; "npx tt agent stop" ends TT.';
const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { 'no-open': { type: 'boolean' }, fake: { type: 'boolean' }, port: { type: 'string' } },
});
const fake = values.fake === true ? await fakeHome() : null;
const home = fake?.directory ?? stateDirectory();
const say = (text: string) => process.stdout.write(`${text}\n`);
// A terminal that was closed takes nothing more; the agent must be ended all the same.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// From the first moment: what is started below must not outlive a Ctrl-C that comes while it starts.
let spawned: Child | null = null;
const interrupted = followInterrupts({ leave, say: (text) => process.stderr.write(`\n${text}\n`) });
let agent: PrivateAgent;
let started: Child | null = null;
let desktop: Child | null = null;
try {
  await start();
  await untilTheEnd();
  say('');
} catch (error) {
  if (interrupted.aborted) process.exitCode = INTERRUPTED;
  else tellFailure(error);
}
await finish();

async function start(): Promise<void> {
  await buildIfStale(root, interrupted);
  await makeStateFolder(home);
  await findOrStart();
  await checkDrivers();
  if (fake && started) await seed();
  if (fake === null && started) await tellNetworks();
  interrupted.throwIfAborted();
  const electron = values['no-open'] ? null : electronBinary(root);
  if (electron !== null) desktop = await openDesktop(electron);
  else await showBrowser();
}

function untilTheEnd(): Promise<void> {
  return new Promise((resolve) => {
    // Waiting for a signal alone does not keep a process alive, and the agent's handle is let go of on purpose.
    const alive = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    interrupted.addEventListener('abort', end);
    if (interrupted.aborted) end();
    for (const child of [desktop, started]) {
      child?.once('exit', end);
      if (child && (child.exitCode !== null || child.signalCode !== null)) end();
    }
  });
}

function tellFailure(failure: unknown): void {
  process.exitCode = 1;
  const error = asFileProblem(failure);
  if (error instanceof TtError) process.stderr.write(`tt: ${error.message}\n    ${error.fix} [${error.code}]\n`);
  else if (error instanceof AgentStartError) process.stderr.write(`${error.message}\n`);
  else throw failure;
}

async function findOrStart(): Promise<void> {
  try {
    agent = await findPrivateAgent(home);
    return;
  } catch (error) {
    if (!(error instanceof TtError && error.code === 'AGENT_NOT_RUNNING')) throw error;
  }
  if (fake) await prepareFakeHome(home);
  const args = [path.join(root, 'agent/bin/tt-agent.mjs'), '--home', home, '--window', path.join(root, 'out/renderer')];
  // It keeps its log bounded; what Node itself says of a crash goes there by standard error.
  args.push('--log-file', path.join(home, 'agent.log'));
  // What root's agent makes on the host for networks is for this host alone, and is undone when it ends and no VM runs.
  args.push(...(fake?.agentFlags ?? PRIVATE_AGENT_FLAGS));
  if (values.port) args.push('--serv-port', values.port);
  const made = await step({ what: 'starting the private agent', logFile: path.join(root, 'out', 'setup.log') }, () =>
    startAgent({ home, args, signal: interrupted, onProcess: (child) => (spawned = child) }),
  );
  agent = made.agent;
  started = made.process;
}

/** An agent that runs already may be of the other kind; the folder alone does not tell. */
async function checkDrivers(): Promise<void> {
  const connection = connectNode(agent);
  try {
    const { features } = await connection.client.host.show();
    if (features.includes(FAKE_DRIVERS) === (fake !== null)) return;
    const held = fake ? 'real' : 'fake';
    throw new TtError('STATE_OTHER_DRIVERS', { stateDirectory: home, held });
  } finally {
    connection.close();
  }
}

/** Root's agent changes the host for networks; what it can't make, machines do without. Others have user networking, as ever. */
async function tellNetworks(): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const connection = connectNode(agent);
  try {
    const { networks } = await connection.client.host.show();
    for (const line of networkLines(networks)) say(line);
  } finally {
    connection.close();
  }
}

async function seed(): Promise<void> {
  const connection = connectNode(agent);
  try {
    const { envs } = await connection.client.env.list();
    if (envs.length > 0) return;
    say('Creating example ENVs ...');
    await seedFakeAgent(connection);
  } finally {
    connection.close();
  }
}

async function openDesktop(binary: string): Promise<Child> {
  say(started ? 'Opening TT ...' : `Opening TT ... ${ATTACHED}`);
  return spawnProcess(binary, [root], { detached: false, env: { TT_HOME: home } });
}

async function showBrowser(): Promise<void> {
  const connection = connectNode(agent);
  const { code } = await connection.client.session.invite();
  const { images } = await connection.client.image.list();
  connection.close();
  const link = `${agent.url}/#join=${code}`;
  say(`TT is ready: ${link}`);
  const building = images.filter(({ state }) => state === 'building').map(({ name }) => name);
  if (building.length > 0) say(`Still being built: ${building.join(', ')}. ENVs that need it start when it is ready.`);
  const open = fake ? `TT_HOME=${home} npx tt open` : 'npx tt open';
  const end = started ? 'Ctrl-C ends TT.' : ATTACHED;
  say(`The link works once, for ten minutes; "${open}" creates a new one. ${end}`);
  if (!values['no-open']) await openBrowser(link, home);
}

async function finish(): Promise<void> {
  desktop?.kill('SIGTERM');
  if (started !== null) {
    // Fake machines end with their agent.
    if (fake === null) await tellWhatRuns();
    await endProcess(started);
  } else if (process.exitCode === undefined) say('TT keeps running; "npx tt agent stop" ends it.');
  if (fake?.isTemporary) await rm(home, { recursive: true, force: true });
}

/** Asks what it started to end, without waiting. */
function leave(): string {
  desktop?.kill('SIGTERM');
  if (spawned === null) return 'Nothing that this command started is running.';
  if (spawned.exitCode !== null || spawned.signalCode !== null) return 'The agent has ended; its VMs keep running.';
  spawned.kill('SIGTERM');
  const rest = fake === null ? 'the VMs keep running' : `the state folder ${home} stays`;
  return `The agent (process ${spawned.pid}) is still ending by itself; ${rest}.`;
}

async function tellWhatRuns(): Promise<void> {
  const connection = connectNode(agent);
  try {
    const { envs } = await connection.client.env.list();
    const running = envs.filter((env) => env.state === 'running' || env.state === 'partial');
    if (running.length === 0) say('No VM is running.');
    else if (running.some(({ networks }) => networks.some(({ cidr }) => cidr !== null)))
      say('Their networks stay with them: bridges, rules and IP forwarding of this host.');
    for (const { name, vmIds } of running)
      say(`Still running: ${name} (${vmIds.length} VMs). Stop it with: npx tt env stop ${name}`);
    if (running.length > 0) say('Start TT again (npm start) before you stop or open them.');
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    say(`The agent does not answer: ${error.message}`);
  } finally {
    connection.close();
  }
}
