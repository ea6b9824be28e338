// The words of the HTML report, in both languages.
import type { MatrixReport, MatrixStepState } from '@tt/protocol';
import type { Language } from '../../language.ts';

type Result = NonNullable<MatrixReport['result']> | 'running';

export interface ReportWords {
  title: (name: string) => string;
  results: Record<Result, string>;
  states: Record<MatrixStepState, string>;
  timedOut: string;
  started: string;
  took: string;
  machines: string;
  machine: string;
  grid: string;
  result: string;
  tries: (count: number) => string;
  exitCode: (code: number) => string;
  signal: (name: string) => string;
  stdout: string;
  stderr: string;
  noOutput: string;
  cut: (leftOut: number, bytes: number) => string;
  firstFailure: (vmName: string, step: string | null) => string;
  snapshot: (name: string) => string;
  snapshotOpen: string;
  snapshotHow: string;
  noSnapshot: string;
  kept: (until: string | null) => string;
  left: (until: string | null) => string;
  deleted: string;
  screenAtFailure: string;
  screenAtEnd: string;
  artefacts: string;
  atEnd: string;
  leftOut: string;
  nothingFetched: string;
}

const en: ReportWords = {
  title: (name) => `Matrix ${name}`,
  results: {
    passed: 'Passed',
    failed: 'Failed',
    unreachable: 'Guest not reached',
    cancelled: 'Cancelled',
    running: 'Running',
  },
  states: {
    waiting: 'waiting',
    running: 'running',
    passed: 'passed',
    failed: 'failed',
    unreachable: 'unreachable',
    cancelled: 'cancelled',
    skipped: 'skipped',
    notReached: 'not reached',
  },
  timedOut: 'timed out',
  started: 'Started',
  took: 'Took',
  machines: 'Machines',
  machine: 'Machine',
  grid: 'Machines and steps',
  result: 'Result',
  tries: (count) => `${count} tries`,
  exitCode: (code) => `exit code ${code}`,
  signal: (name) => `ended by ${name}`,
  stdout: 'Standard output',
  stderr: 'Standard error',
  noOutput: 'It printed nothing.',
  cut: (leftOut, bytes) => `${leftOut} of ${bytes} bytes are left out of this report.`,
  firstFailure: (vmName, step) =>
    step === null ? `First failure: ${vmName}, before its first step` : `First failure: ${vmName}, step ${step}`,
  snapshot: (name) => `The snapshot ${name} has all machines as they were at the first failure.`,
  snapshotOpen: 'Open it in the window',
  snapshotHow: 'or go back to it with',
  noSnapshot: 'No snapshot could be taken at the first failure:',
  kept: (until) => (until === null ? 'The ENV is kept.' : `The ENV is kept until ${until}, and then deleted.`),
  left: (until) =>
    until === null
      ? 'The ENV could not be deleted; its lifetime ends it.'
      : `The ENV could not be deleted; its lifetime ends it at ${until}.`,
  deleted: 'The ENV is deleted.',
  screenAtFailure: 'Screen at the first failure',
  screenAtEnd: 'Screen at the end',
  artefacts: 'Artefacts',
  atEnd: 'at the end',
  leftOut: 'left out: no plain file',
  nothingFetched: 'no files',
};

const zh: ReportWords = {
  title: (name) => `矩阵 ${name}`,
  results: {
    passed: '通过',
    failed: '失败',
    unreachable: '无法访问客户机',
    cancelled: '已取消',
    running: '进行中',
  },
  states: {
    waiting: '等待中',
    running: '进行中',
    passed: '通过',
    failed: '失败',
    unreachable: '无法访问',
    cancelled: '已取消',
    skipped: '已跳过',
    notReached: '未执行',
  },
  timedOut: '超时',
  started: '开始时间',
  took: '用时',
  machines: '虚拟机',
  machine: '虚拟机',
  grid: '虚拟机与步骤',
  result: '结果',
  tries: (count) => `尝试 ${count} 次`,
  exitCode: (code) => `退出码 ${code}`,
  signal: (name) => `被 ${name} 终止`,
  stdout: '标准输出',
  stderr: '标准错误',
  noOutput: '没有输出。',
  cut: (leftOut, bytes) => `共 ${bytes} 字节，此报告省略了其中 ${leftOut} 字节。`,
  firstFailure: (vmName, step) =>
    step === null ? `首次失败：${vmName}，在第一个步骤之前` : `首次失败：${vmName}，步骤 ${step}`,
  snapshot: (name) => `快照 ${name} 保存了首次失败时所有虚拟机的状态。`,
  snapshotOpen: '在窗口中打开',
  snapshotHow: '或用此命令回滚到该快照：',
  noSnapshot: '首次失败时无法拍摄快照：',
  kept: (until) => (until === null ? '此环境已保留。' : `此环境保留至 ${until}，然后被删除。`),
  left: (until) =>
    until === null ? '无法删除此环境；到期时会将其删除。' : `无法删除此环境；它在 ${until} 到期时被删除。`,
  deleted: '此环境已删除。',
  screenAtFailure: '首次失败时的屏幕',
  screenAtEnd: '结束时的屏幕',
  artefacts: '取回的文件',
  atEnd: '结束时',
  leftOut: '已略过：不是普通文件',
  nothingFetched: '没有文件',
};

export const reportWords: Readonly<Record<Language, ReportWords>> = { en, 'zh-CN': zh };
