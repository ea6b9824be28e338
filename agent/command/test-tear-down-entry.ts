// Test support: represents the agent in tear-down.test.ts. It starts itself again in the namespace, where it starts processes
// that represent guests. Arguments: a file to write what it sees to, and a number that no other process has among its arguments.
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { identifyProcess } from '../host/process-identity.ts';
import { spawnProcess } from '../host/run-command.ts';
import { holdSignals } from './held-signals.ts';
import { isInside, publicProcess, superviseItself, TearDownError } from './tear-down.ts';

const signals = holdSignals();
const [file = '', mark = ''] = process.argv.slice(2);
try {
  if (!(await isInside())) {
    process.exit(await superviseItself(import.meta.filename, process.argv.slice(2), signals));
  }
} catch (error) {
  if (!(error instanceof TearDownError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exit(3);
}
// As QEMU is started; and as a program that makes itself a daemon, so that it is nobody's child any more.
const guest = await spawnProcess('sleep', [`1${mark}`], { detached: true });
const daemon = await spawnProcess('setsid', ['--fork', 'sleep', `2${mark}`], { detached: false });
if (daemon.exitCode === null) await once(daemon, 'exit');
const heard: string[] = [];
const say = async () => {
  const seen = {
    pid: process.pid,
    publicPid: (await publicProcess()).pid,
    guest: await identifyProcess(guest.pid ?? 0),
    heard,
  };
  // By a rename: who reads it meanwhile sees all or nothing.
  await writeFile(`${file}.new`, JSON.stringify(seen));
  await rename(`${file}.new`, file);
};
signals.take((signal) => {
  if (signal !== 'SIGHUP') process.exit(7);
  heard.push(signal);
  void say();
});
await say();
setInterval(() => {}, 60_000);
