// Pure: a matrix file and one machine of its ENV -> what is to be done there, with the overrides of its system.
import {
  type MatrixArtefact,
  type MatrixFile,
  type MatrixService,
  type MatrixStep,
  matchesOsPrefix,
  parseImageName,
  type RunCommand,
  type Vm,
} from '@tt/protocol';
import { commandOf } from './work.ts';

/** A command as `run.start` takes it. */
export interface PlannedWork {
  command: RunCommand;
  user?: string;
  cwd?: string;
  environment?: Record<string, string>;
  timeoutMs: number;
}

export interface PlannedService {
  /** As people read it: `port 80`, or the first line of its command. */
  text: string;
  /** A TCP port that must be open, or a command that must end with 0. */
  check: { port: number } | { command: RunCommand };
  timeLimitMs: number;
}

export interface PlannedStep {
  name: string;
  /** null: the file leaves it out on this system. */
  work: PlannedWork | null;
  retries: number;
  retryAfterMs: number;
  waitFor: PlannedService[];
  artefacts: MatrixArtefact[];
  goesOn: boolean;
}

export interface VmPlan {
  vmId: string;
  vmName: string;
  os: string;
  waitFor: PlannedService[];
  steps: PlannedStep[];
  artefacts: MatrixArtefact[];
}

const STEP_S = 600;
const SERVICE_S = 120;
const RETRY_AFTER_S = 1;
const MOST_TEXT = 60;

export function planVm(file: MatrixFile, { id, name, image }: Pick<Vm, 'id' | 'name' | 'image'>): VmPlan {
  const artefacts = (all: readonly MatrixArtefact[] = []) =>
    all.filter(({ osPrefix }) => osPrefix === undefined || matchesOsPrefix(image, osPrefix));
  return {
    vmId: id,
    vmName: name,
    os: parseImageName(image)?.os ?? image,
    waitFor: services(file.waitFor),
    steps: file.steps.map((step) => ({ ...plannedStep(step, image), artefacts: artefacts(step.artefacts) })),
    artefacts: artefacts(file.artefacts),
  };
}

function plannedStep(step: MatrixStep, image: string): Omit<PlannedStep, 'artefacts'> {
  const own = (step.overrides ?? []).findLast(({ osPrefix }) => matchesOsPrefix(image, osPrefix));
  const command = (own && commandOf(own)) ?? commandOf(step);
  const {
    user,
    directory,
    environment,
    timeLimitS = STEP_S,
    retries = 0,
    retryAfterS = RETRY_AFTER_S,
  } = merged(step, own);
  return {
    name: step.name,
    work:
      own?.skip === true || command === null
        ? null
        : {
            command,
            ...(user !== undefined && { user }),
            ...(directory !== undefined && { cwd: directory }),
            ...(environment && { environment }),
            timeoutMs: timeLimitS * 1000,
          },
    retries,
    retryAfterMs: retryAfterS * 1000,
    waitFor: own?.skip === true ? [] : services(step.waitFor),
    goesOn: step.continueOnFailure,
  };
}

type Override = NonNullable<MatrixStep['overrides']>[number];

/** What the override says counts, key by key. */
function merged(step: MatrixStep, own: Override | undefined): Pick<MatrixStep, (typeof SETTINGS)[number]> {
  const given = SETTINGS.flatMap((key) => {
    const value = own?.[key] ?? step[key];
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(given) as Pick<MatrixStep, (typeof SETTINGS)[number]>;
}

const SETTINGS = ['user', 'directory', 'environment', 'timeLimitS', 'retries', 'retryAfterS'] as const;

function services(waitFor: readonly MatrixService[] = []): PlannedService[] {
  return waitFor.map(({ port, run = '', timeLimitS = SERVICE_S }) => ({
    text: port === undefined ? firstLine(run) : `port ${port}`,
    check: port === undefined ? { command: { script: { text: run } } } : { port },
    timeLimitMs: timeLimitS * 1000,
  }));
}

function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT - 1)}…` : line;
}
