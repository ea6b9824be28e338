// Pure: what a file says of an ENV, and the ENV as it is -> the steps that make it so. None: it is so already.
import {
  type Env,
  type EnvDetail,
  type EnvFile,
  type EnvFileGroup,
  type Image,
  nearMatches,
  reason,
  type Reason,
} from '@tt/protocol';
import { matchVms } from './match-vms.ts';
import { type EnvChange, type EnvFieldName, envFieldNames, isSame, type Planned, type PlanStep } from './plan-step.ts';
import { isUp } from './vm-step.ts';

/** What a plan is made of besides the file. */
export interface World {
  /** null: there is no such ENV. */
  current: EnvDetail | null;
  /** Of the server. */
  images: readonly Image[];
  /** The time of the server. */
  now: Date;
}

/**
 * The steps in the order in which they are carried out: first the ENV (its lifetime must not end meanwhile), then its VMs, then more
 * VMs, and last what deletes data.
 */
export function planEnv(file: EnvFile, { current, images, now }: World): Planned[] {
  if (current === null) return [creation(file, images)];
  const steps = envSteps(file, current, now);
  if (!file.groups) return steps;
  const { kept, missing, surplus, unknown } = matchVms(file.groups, current.vms, images);
  const ofVms = kept.flatMap((one) => one.steps);
  const about = { envName: file.name };
  // A slip in a prefix must not have the VMs removed that were meant by it.
  const typo = unknown.length > 0 ? reason('planGroupUnknown') : null;
  return [
    ...steps,
    ...ofVms.filter(({ step }) => !step.losesData),
    ...unknown.map(
      (group): Planned => ({
        step: addition(file.name, group, group.osPrefix ?? '', group.copies, noImage(group, images)),
        act: { call: 'none' },
        stop: [],
      }),
    ),
    ...missing.map(
      ({ group, image, copies }): Planned => ({
        step: addition(file.name, group, image, copies, null),
        act: { call: 'addVms', group: { ...group, ...(image !== '' && { osPrefix: image }), copies } },
        stop: [],
      }),
    ),
    ...ofVms.filter(({ step }) => step.losesData),
    ...surplus.map(
      ({ id, name, image }): Planned => ({
        step: {
          ...plainStep,
          ...about,
          kind: 'removeVm',
          vmName: name,
          changes: [{ field: 'vm', from: image === '' ? name : image, to: null }],
          losesData: true,
          refused: typo,
        },
        act: typo ? { call: 'none' } : { call: 'removeVm', vmId: id },
        stop: [],
      }),
    ),
  ];
}

const plainStep = { vmName: null, stops: [], losesData: false, refused: null } satisfies Partial<PlanStep>;

function creation(file: EnvFile, images: readonly Image[]): Planned {
  const groups = file.groups ?? [];
  const [unknown] = matchVms(groups, [], images).unknown;
  const refused = groups.length === 0 ? reason('planNoGroups') : unknown ? noImage(unknown, images) : null;
  const vms = groups.map(({ osPrefix, copies }) => ({
    field: 'vms',
    from: null,
    to: { ...(osPrefix !== undefined && { osPrefix }), copies },
  }));
  const changes = vms.length > 0 ? vms : [{ field: 'groups', from: null, to: [] }];
  return {
    step: { ...plainStep, kind: 'createEnv', envName: file.name, changes, refused },
    act: refused ? { call: 'none' } : { call: 'createEnv', file },
    stop: [],
  };
}

function noImage({ osPrefix = '' }: EnvFileGroup, images: readonly Image[]): Reason {
  const names = images.filter(({ kind }) => kind === 'disk').map(({ name }) => name);
  const near = nearMatches(osPrefix, names);
  return near.length === 0
    ? reason('planNoImage', { osPrefix })
    : reason('planNoImageNear', { osPrefix, near: near.join(', ') });
}

function addition(
  envName: string,
  { medium }: EnvFileGroup,
  image: string,
  copies: number,
  refused: Reason | null,
): PlanStep {
  const what = image === '' ? { medium: medium ?? null } : { image };
  return {
    ...plainStep,
    kind: 'addVms',
    envName,
    changes: [{ field: 'vms', from: null, to: { ...what, copies } }],
    refused,
  };
}

function envSteps(file: EnvFile, { env, vms }: EnvDetail, now: Date): Planned[] {
  const values = valuesOf(env);
  const differing = envFieldNames.filter(
    (field) => file[field] !== undefined && values[field] !== undefined && !isSame(file[field], values[field]),
  );
  const isPast = file.lifetimeS !== undefined && Date.parse(env.startAt) + file.lifetimeS * 1000 <= now.getTime();
  const ofUser = vms.filter((vm) => isUp(vm) && vm.nics.some(({ kind }) => kind === 'user'));
  const step = (fields: readonly EnvFieldName[], refused: Reason | null, toStop: typeof vms = []): Planned[] => {
    if (fields.length === 0) return [];
    const changes = fields.map((field) => ({ field, from: values[field], to: file[field] }));
    const change = Object.fromEntries(fields.map((field) => [field, file[field]])) as EnvChange;
    const stops = toStop.map(({ name }) => name);
    return [
      {
        step: { ...plainStep, kind: 'changeEnv', envName: env.name, changes, stops, refused },
        act: refused ? { call: 'none' } : { call: 'updateEnv', change },
        stop: toStop.map(({ id }) => id),
      },
    ];
  };
  const past = (field: EnvFieldName) => field === 'lifetimeS' && isPast;
  return [
    ...step(
      differing.filter((field) => field !== 'denyOutgoing' && !past(field)),
      null,
    ),
    ...step(differing.filter(past), reason('planEndPast')),
    // Behind QEMU the rules of a VM are those it was started with.
    ...step(
      differing.filter((field) => field === 'denyOutgoing'),
      null,
      ofUser,
    ),
    ...vniSteps(file, env),
  ];
}

/** undefined: the server does not tell. */
function valuesOf(env: Env): { [Name in EnvFieldName]: EnvFile[Name] } {
  const { title, notes, tags, endPolicy, denyOutgoing, snapshotSchedule } = env;
  return { title, notes, tags, endPolicy, lifetimeS: lifetimeOf(env), denyOutgoing, snapshotSchedule };
}

/** Seconds from its start to its end. */
export function lifetimeOf({ startAt, endAt }: Pick<Env, 'startAt' | 'endAt'>): number {
  return Math.round((Date.parse(endAt) - Date.parse(startAt)) / 1000);
}

function vniSteps(file: EnvFile, { name, networks }: Env): Planned[] {
  const flat = networks.find(({ kind }) => kind === 'flat');
  if (file.vni === undefined || !flat || flat.vni === file.vni) return [];
  const changes = [{ field: 'vni', from: flat.vni, to: file.vni }];
  return [
    {
      step: { ...plainStep, kind: 'changeEnv', envName: name, changes, refused: reason('planFixed') },
      act: { call: 'none' },
      stop: [],
    },
  ];
}
