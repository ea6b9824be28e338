// What a user sees of things they neither own nor administer. Every function is an allow-list: a field that is not named here is
// only visible to the owner. Notes, setup commands and their output often contain keys and passwords (decision 0052).
import {
  type AuditEntry,
  type CloudInit,
  type Env,
  type ErrorRecord,
  type Lab,
  type Operation,
  type Profile,
  type Provisioning,
  type Run,
  type RunVm,
  type Snapshot,
  type Template,
  TtError,
  type TtEvent,
  toErrorRecord,
  type Vm,
} from '@tt/protocol';
import { isOneOf, type Reader, teamOf } from './owners.ts';

/**
 * Owners see their own things whole, members those of their teams, administrators everybody's. A viewer sees no more of their own
 * things than others do.
 */
export function seesAll(reader: Reader, owners: readonly string[]): boolean {
  if (reader.role === 'admin') return true;
  return owners.some((account) => isOneOf(reader, account) && (reader.role === 'user' || teamOf(account) !== null));
}

/** A private template does not exist for others. */
export function seesTemplate(reader: Reader, { owner, sharedWith }: Pick<Template, 'owner' | 'sharedWith'>): boolean {
  return sharedWith === 'everybody' || seesAll(reader, [owner]);
}

export function envForOthers(env: Env): Env {
  const { name, title, owner, tags, state, startAt, endAt, endPolicy, expired, networks, currentSnapshotId } = env;
  const { denyOutgoing, snapshotSchedule, nextSnapshotAt, lab, fenced, forkedFrom, vmIds, bin } = env;
  return {
    name,
    title,
    owner,
    team: null,
    tags,
    state,
    startAt,
    endAt,
    endPolicy,
    expired,
    networks,
    currentSnapshotId,
    denyOutgoing,
    snapshotSchedule,
    nextSnapshotAt,
    lab,
    fenced,
    forkedFrom,
    vmIds,
    ...(bin !== undefined && { bin }),
  };
}

export function vmForOthers(vm: Vm): Vm {
  const { id, name, envName, hostId, engine, image, features, state, spec, acceleration, netKind, mac, ip, nics } = vm;
  const { portMap, identity, viewers, discardWrites, base, origin, createdAt, runningSince, readiness, stopping } = vm;
  return {
    id,
    name,
    envName,
    hostId,
    engine,
    image,
    features,
    state,
    spec,
    acceleration,
    netKind,
    mac,
    ip,
    nics,
    portMap,
    identity,
    viewers,
    discardWrites,
    base,
    origin,
    createdAt,
    runningSince,
    readiness,
    stopping,
    failure: vm.failure && failureForOthers(vm.failure),
    cloudInit: vm.cloudInit && cloudInitForOthers(vm.cloudInit),
    provisioning: provisioningForOthers(vm.provisioning),
  };
}

function cloudInitForOthers({ user, hasPassword }: CloudInit): CloudInit {
  return { user, hasPassword };
}

function provisioningForOthers({ state, detail, detailData, failure, at }: Provisioning): Provisioning {
  return { state, detail, detailData, at, failure: failure && failureForOthers(failure) };
}

export function snapshotForOthers(snapshot: Snapshot): Snapshot {
  const { id, name, title, envName, scope, kind, parentId, vms, createdAt, expiresAt, pausedMs, skewMs, sizeBytes } =
    snapshot;
  return { id, name, title, envName, scope, kind, parentId, vms, createdAt, expiresAt, pausedMs, skewMs, sizeBytes };
}

/** Whoever takes its address may be taken for it, so that stays with the owner. */
function terminalForOthers({ name, hasSecret, profileName }: Lab['terminals'][number]): Lab['terminals'][number] {
  return { name, hasSecret, profileName };
}

export function labForOthers(lab: Lab): Lab {
  const { name, title, owner, profileNames, seats, sessionLifetimeS } = lab;
  const { terminalsEnabled, terminalsStartSessions, terminals, createdAt } = lab;
  return {
    name,
    title,
    owner,
    profileNames,
    seats,
    sessionLifetimeS,
    terminalsEnabled,
    terminalsStartSessions,
    terminals: terminals.map(terminalForOthers),
    createdAt,
  };
}

/** Anyone who can run sessions of a profile can read its script in them. */
export function profileForOthers(profile: Profile): Profile {
  const { name, title, owner, shared, image, spec, startScript, version, versions, keptVersions, createdAt } = profile;
  return {
    name,
    title,
    owner,
    shared,
    image,
    spec,
    version,
    keptVersions,
    createdAt,
    ...(shared && startScript !== undefined && { startScript }),
    versions: versions.map(versionForOthers),
  };
}

function versionForOthers(entry: Profile['versions'][number]): Profile['versions'][number] {
  const { version, publishedAt, publishedBy, sizeBytes, isImage } = entry;
  return { version, publishedAt, publishedBy, sizeBytes, isImage };
}

export function templateForOthers(template: Template): Template {
  const { id, name, owner, sharedWith, version, createdAt, changedAt, changedBy } = template;
  return { id, name, owner, sharedWith, version, createdAt, changedAt, changedBy };
}

export function operationForOthers(operation: Operation): Operation {
  const { id, kind, subject, state, step, progress, cancellable, startedAt, endedAt, error } = operation;
  return {
    id,
    kind,
    subject,
    state,
    step,
    progress,
    cancellable,
    startedAt,
    endedAt,
    error: error && failureForOthers(error),
  };
}

/** Without what was run, and without what a guest said. */
export function runForOthers(run: Run): Run {
  const { id, envName, startedBy, state, counts, via, timeoutMs, startedAt, endedAt } = run;
  return { id, envName, startedBy, state, counts, via, timeoutMs, startedAt, endedAt };
}

export function runVmForOthers(vm: RunVm): RunVm {
  const { vmId, vmName, os, state, exitCode, signal, startedAt, endedAt, via, stdout, stderr, isCut, failure } = vm;
  return {
    vmId,
    vmName,
    os,
    state,
    exitCode,
    signal,
    startedAt,
    endedAt,
    ...(via !== undefined && { via }),
    stdout,
    stderr,
    isCut,
    failure: failure && failureForOthers(failure),
  };
}

/** The owner of an ENV learns who did what to it, and not from where. */
export function auditEntryForOthers(entry: AuditEntry): AuditEntry {
  const { id, at, actor, userName, throughProxy, call, phase, result, durationMs, activityId, subject, count } = entry;
  return { id, at, actor, userName, throughProxy, call, phase, result, durationMs, activityId, subject, count };
}

/** The code alone: sentences and data of a failure quote commands, logs and paths. */
function failureForOthers({ code }: ErrorRecord): ErrorRecord {
  return toErrorRecord(new TtError('DETAILS_PRIVATE', { failedWith: code }));
}

export function eventForOthers(event: TtEvent): TtEvent {
  switch (event.type) {
    case 'env.created':
    case 'env.updated':
      return { ...event, data: envForOthers(event.data) };
    case 'vm.created':
    case 'vm.updated':
      return { ...event, data: vmForOthers(event.data) };
    case 'snapshot.created':
    case 'snapshot.updated':
      return { ...event, data: snapshotForOthers(event.data) };
    case 'snapshot.reverted':
      return { ...event, data: { snapshot: snapshotForOthers(event.data.snapshot), vmIds: event.data.vmIds } };
    case 'lab.updated':
      return { ...event, data: labForOthers(event.data) };
    case 'profile.updated':
      return { ...event, data: profileForOthers(event.data) };
    case 'template.updated':
      return event.data.sharedWith === 'everybody'
        ? { ...event, data: templateForOthers(event.data) }
        : // Somebody may have seen it until now. To all others this says nothing.
          { ...event, type: 'template.deleted', data: { id: event.data.id } };
    case 'operation.updated':
      return { ...event, data: operationForOthers(event.data) };
    case 'run.updated':
      return { ...event, data: { run: runForOthers(event.data.run), vms: event.data.vms.map(runVmForOthers) } };
    // The same for everybody.
    case 'run.deleted':
    case 'host.updated':
    case 'image.updated':
    case 'image.deleted':
    case 'env.deleted':
    case 'env.ending':
    case 'vm.deleted':
    case 'snapshot.deleted':
    case 'lab.deleted':
    case 'profile.deleted':
    case 'template.deleted':
      return event;
    default:
      return event satisfies never;
  }
}
