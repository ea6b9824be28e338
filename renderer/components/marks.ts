// Which mark (shape and colour) stands for which state.
import type { Env, Image, Operation, Vm } from '@tt/protocol';

export type Mark = 'running' | 'partial' | 'paused' | 'stopped' | 'working' | 'failed' | 'unknown' | 'empty' | 'done';

export const envMarks: Record<Env['state'], Mark> = {
  creating: 'working',
  running: 'running',
  partial: 'partial',
  stopped: 'stopped',
  failed: 'failed',
  deleting: 'working',
  empty: 'empty',
  deleted: 'stopped',
};

export const vmMarks: Record<Vm['state'], Mark> = {
  creating: 'working',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  failed: 'failed',
  unknown: 'unknown',
  deleting: 'working',
};

export const imageMarks: Record<Image['state'], Mark> = {
  ready: 'done',
  absent: 'empty',
  building: 'working',
  failed: 'failed',
};

export const operationMarks: Record<Operation['state'], Mark> = {
  running: 'working',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'stopped',
};
