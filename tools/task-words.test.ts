// Each background task that the agent has is called something in the window, in both languages, and nothing else is.
import { expect, test } from 'vitest';
import { agentTasks, type TaskParts } from '../agent/operations/background/agent-tasks.ts';
import { taskWords } from '../renderer/i18n/task-words.ts';
import { tasks } from '../renderer/i18n/en/tasks.ts';
import { translate } from '../renderer/i18n/index.ts';
import { tasks as inChinese } from '../renderer/i18n/zh-CN/tasks.ts';

// They are named here, not run.
const parts = { services: {}, host: {}, clocks: {}, kvmWatch: {}, tls: {}, hour: {} } as unknown as TaskParts;
const names = agentTasks(parts).map(({ name }) => name);

test('all tasks of the agent, also those it has with TLS only', () => {
  expect(names).toContain('certificate');
  expect(Object.keys(tasks).toSorted()).toEqual(names.toSorted());
});

test.each([
  ['English', tasks],
  ['Chinese', inChinese],
])('in %s each has a name of its own and one sentence', (_language, words) => {
  const all = Object.values(words);
  expect(new Set(all.map(({ name }) => name)).size).toBe(names.length);
  for (const { does } of all) expect(does).toMatch(/^[^.。]+[.。]$/);
});

test('one that this window does not know keeps the name it has', () => {
  expect(taskWords('vm-memory', translate).name).toBe('Memory of machines');
  expect(taskWords('constructor', translate)).toEqual({ name: 'constructor', does: null });
});
