// Pure: a matrix as a JUnit report: a machine is a suite, and each of its steps a test.
import type { MatrixReport, MatrixStepResult, MatrixVmResult } from '@tt/protocol';
import { type JunitCase, junitXml } from '../runs/junit-xml.ts';
import { secondsOf } from '../runs/run-text.ts';
import { cellText, stateWords } from './matrix-text.ts';

export function matrixJunit({ name, startedAt, vms }: MatrixReport): string {
  const suites = vms.map((vm) => {
    const seconds = vm.steps.reduce((sum, step) => sum + (secondsOf(step) ?? 0), 0);
    const timestamp = vm.steps.find((step) => step.startedAt !== null)?.startedAt ?? startedAt;
    return { name: vm.vmName, seconds, timestamp, cases: casesOf(vm) };
  });
  return junitXml(`tt matrix run ${name}`, suites);
}

/** With one more where no step was reached: CI systems must not take that for well. */
function casesOf(vm: MatrixVmResult): JunitCase[] {
  const steps = vm.steps.map((step) => caseOf(vm, step));
  if (!vm.failure) return steps;
  const { code: type, message } = vm.failure;
  const kind = vm.result === 'failed' ? 'failure' : 'error';
  const problem = { kind, message, type } as const;
  return [
    { name: 'before the first step', classname: vm.os, seconds: null, problem, stdout: '', stderr: '' },
    ...steps,
  ];
}

function caseOf({ os, failure }: MatrixVmResult, step: MatrixStepResult): JunitCase {
  return {
    name: step.name,
    classname: os,
    seconds: secondsOf(step),
    problem: problemOf(step, failure?.message),
    stdout: step.stdout.text,
    stderr: step.stderr.text,
  };
}

function problemOf(step: MatrixStepResult, whyNotReached: string | undefined): JunitCase['problem'] {
  switch (step.state) {
    case 'passed':
      return null;
    case 'skipped':
    case 'notReached':
      return { kind: 'skipped', message: whyNotReached ?? stateWords[step.state] };
    case 'failed':
    case 'unreachable':
    case 'cancelled':
    case 'waiting':
    case 'running': {
      const message = step.failure?.message ?? cellText(step);
      return { kind: step.state === 'failed' ? 'failure' : 'error', message, type: step.failure?.code ?? step.state };
    }
    default:
      return step.state satisfies never;
  }
}
