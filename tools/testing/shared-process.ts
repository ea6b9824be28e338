// Set up in each unit test file that shares its process: the next file runs in the same one, so each leaves it as it was. What
// must change it for good belongs to the files that have a process of their own (vitest.config.ts).
import { afterAll, expect, vi } from 'vitest';

const environment = { ...process.env };
const before = processState();

// Registered before any hook of the file, so it runs after all of them.
afterAll(() => {
  // Names only: values may be secrets of whoever runs the tests.
  const names = new Set([...Object.keys(environment), ...Object.keys(process.env)]);
  const changed = [...names].filter((name) => process.env[name] !== environment[name]);
  expect(changed, 'environment variables this file changed for the next one').toEqual([]);
  expect(processState(), 'what this file left in the process it shares with others').toEqual(before);
});

function processState() {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'uncaughtException', 'unhandledRejection'];
  return {
    folder: process.cwd(),
    umask: process.umask(),
    users: [process.getuid?.(), process.getgid?.()],
    exitCode: process.exitCode,
    listeners: Object.fromEntries(signals.map((name) => [name, process.listenerCount(name)])),
    hasFakeTimers: vi.isFakeTimers(),
    globals: { Date, setTimeout, setInterval, setImmediate, queueMicrotask, fetch, WebSocket, random: Math.random },
    output: [process.stdout, process.stderr].map((stream) => Reflect.get(stream, 'write') as unknown),
  };
}
