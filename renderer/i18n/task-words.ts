// What a background task of the agent is called, and what it does. One that is newer than this window has its internal name only.
import { tasks } from './en/tasks.ts';
import type { Translate } from './index.ts';

export interface TaskWords {
  name: string;
  /** A sentence; null: not known. */
  does: string | null;
}

type TaskName = keyof typeof tasks;

export function taskWords(name: string, t: Translate): TaskWords {
  if (!isTask(name)) return { name, does: null };
  return { name: t(`tasks.${name}.name`), does: t(`tasks.${name}.does`) };
}

function isTask(name: string): name is TaskName {
  return Object.hasOwn(tasks, name);
}
