// Which calls are in the audit trail, and what it may write down of their arguments: names and ids that are listed here, nothing
// else. A call that is missing here does not compile, and counts as audited without arguments until it is here.
import type { Contract } from './contract.ts';
import type { AuditSubjectField } from './model/audit.ts';

/** A path in the input or the answer, `env.name` -> where it goes. */
type Names = Readonly<Record<string, AuditSubjectField>>;

export interface Audited {
  /** Fields of the input. */
  readonly names: Names;
  /** Fields of the answer. */
  readonly answer?: Names;
  /** It comes many times a minute: alike entries are counted, and written once a minute. */
  readonly often?: true;
}

/** It neither changes nor opens anything: only a refusal is in the trail. */
export const PLAIN_READ = 'plainRead';
export type AuditRule = typeof PLAIN_READ | Audited;

type AuditTable = { [Group in keyof Contract]: { [Method in keyof Contract[Group]]: AuditRule } };

const named = (names: Names, answer?: Names): Audited => ({ names, ...(answer && { answer }) });
const ofEnv = named({ name: 'envName' });
const ofVm = named({ vmId: 'vmId' });
const ofImage = named({ name: 'imageName' });
const ofDisk = named({ vmId: 'vmId', name: 'diskName' });
const ofSnapshot = named({ envName: 'envName', name: 'snapshotName' });
const ofLab = named({ name: 'labName' });
const ofProfile = named({ name: 'profileName' });
const ofTemplate = named({ name: 'templateName' });
const ofRun = named({ runId: 'runId' });
const ofUser = named({ name: 'userName' });
const ofTeam = named({ name: 'teamName' });
const ofMember = named({ name: 'teamName', userName: 'userName' });

export const auditedCalls: AuditTable = {
  host: {
    show: PLAIN_READ,
    metrics: PLAIN_READ,
    firewall: named({}),
    tasks: PLAIN_READ,
    me: PLAIN_READ,
    ping: PLAIN_READ,
  },
  admin: {
    findings: PLAIN_READ,
    storage: PLAIN_READ,
    networks: PLAIN_READ,
    metrics: PLAIN_READ,
    // Followers ask every second or two.
    log: { names: {}, often: true },
    certificate: PLAIN_READ,
    version: PLAIN_READ,
    runTask: named({ name: 'taskName' }),
  },
  image: {
    list: PLAIN_READ,
    show: PLAIN_READ,
    build: ofImage,
    // Of the host’s own programs; followed with one call after the other.
    buildLog: { ...ofImage, often: true },
    import: ofImage,
    publish: named({ vmId: 'vmId', snapshotName: 'snapshotName', name: 'imageName' }),
    warm: ofImage,
    cool: ofImage,
    rename: named({ name: 'imageName', newName: 'newName' }),
    delete: ofImage,
  },
  env: {
    list: PLAIN_READ,
    listDeleted: PLAIN_READ,
    show: PLAIN_READ,
    create: named({ name: 'envName', team: 'teamName' }, { 'env.name': 'envName' }),
    update: named({ name: 'envName', team: 'teamName' }),
    addVms: ofEnv,
    removeVms: named({ name: 'envName', vmIds: 'vmId' }),
    sshKey: named({ name: 'envName', vmId: 'vmId' }),
    readRecording: PLAIN_READ,
    clone: named({ name: 'envName', newName: 'newName' }),
    planClone: PLAIN_READ,
    start: named({ name: 'envName', vmIds: 'vmId' }),
    stop: named({ name: 'envName', vmIds: 'vmId' }),
    compact: ofEnv,
    delete: ofEnv,
    restore: ofEnv,
    purge: ofEnv,
  },
  vm: {
    show: PLAIN_READ,
    update: ofVm,
    start: ofVm,
    pause: ofVm,
    resume: ofVm,
    stop: ofVm,
    reset: ofVm,
    clone: ofVm,
    delete: ofVm,
    health: PLAIN_READ,
    portHealth: PLAIN_READ,
    // Windows ask for the small pictures of all they show, every few seconds.
    screenshot: PLAIN_READ,
  },
  disk: { add: ofVm, attach: ofDisk, detach: ofDisk, remove: ofDisk, grow: ofDisk, limit: ofDisk },
  cd: {
    insert: named({ vmId: 'vmId', name: 'cdName', medium: 'imageName' }),
    eject: named({ vmId: 'vmId', name: 'cdName' }),
  },
  snapshot: {
    list: PLAIN_READ,
    show: PLAIN_READ,
    usage: PLAIN_READ,
    compare: PLAIN_READ,
    thumbnail: PLAIN_READ,
    create: ofSnapshot,
    revert: named({ envName: 'envName', name: 'snapshotName', vmIds: 'vmId' }),
    update: ofSnapshot,
    fork: named({ envName: 'envName', name: 'snapshotName', newName: 'newName' }),
    planFork: PLAIN_READ,
    delete: ofSnapshot,
  },
  console: {
    open: named({ vmId: 'vmId', kind: 'kind' }),
    openShell: named({ vmId: 'vmId', user: 'guestUserName' }),
    // A page of a web server makes many of these.
    openPort: { names: { vmId: 'vmId' }, often: true },
    // Pasting a text makes one of these for each few characters.
    type: { names: { vmId: 'vmId' }, often: true },
    giveKeyboard: named({ vmId: 'vmId', userName: 'userName' }),
  },
  operation: { list: PLAIN_READ, cancel: named({ operationId: 'operationId' }) },
  event: { follow: PLAIN_READ },
  session: {
    invite: named({}),
    join: named({}, { 'session.userName': 'userName', 'session.id': 'loginId' }),
    login: named({ userName: 'userName' }, { 'session.userName': 'userName', 'session.id': 'loginId' }),
    ways: PLAIN_READ,
    beginOidc: named({}),
    finishOidc: named({}),
    list: PLAIN_READ,
    end: named({ which: 'loginId' }),
  },
  user: {
    list: PLAIN_READ,
    create: ofUser,
    update: ofUser,
    delete: named({ name: 'userName', giveTo: 'newName' }),
    setPassword: ofUser,
    linkOidc: ofUser,
    invite: ofUser,
  },
  team: {
    list: PLAIN_READ,
    show: PLAIN_READ,
    create: ofTeam,
    update: ofTeam,
    delete: ofTeam,
    addMember: ofMember,
    removeMember: ofMember,
  },
  token: {
    list: PLAIN_READ,
    create: named({ userName: 'userName' }, { 'token.userName': 'userName', 'token.id': 'tokenId' }),
    redeem: named({}, { 'token.userName': 'userName', 'token.id': 'tokenId' }),
    login: named({ userName: 'userName' }, { 'token.userName': 'userName', 'token.id': 'tokenId' }),
    revoke: named({ tokenId: 'tokenId' }),
  },
  transfer: {
    list: PLAIN_READ,
    begin: named({ transferId: 'transferId' }, { id: 'transferId' }),
    reserve: named({}, { id: 'transferId' }),
    status: PLAIN_READ,
    digest: PLAIN_READ,
    open: named({ transferId: 'transferId' }),
    drop: named({ transferId: 'transferId' }),
  },
  lab: {
    list: PLAIN_READ,
    show: PLAIN_READ,
    create: ofLab,
    update: ofLab,
    delete: ofLab,
    setTerminal: named({ name: 'labName', terminalName: 'terminalName', profileName: 'profileName' }),
    removeTerminal: named({ name: 'labName', terminalName: 'terminalName' }),
    startSession: named({
      name: 'labName',
      sessionName: 'sessionName',
      terminalName: 'terminalName',
      profileName: 'profileName',
    }),
    stopSession: named({ name: 'labName', sessionName: 'sessionName' }),
  },
  profile: {
    list: PLAIN_READ,
    show: PLAIN_READ,
    create: ofProfile,
    update: ofProfile,
    clone: named({ name: 'profileName', newName: 'newName' }),
    rollback: ofProfile,
    delete: ofProfile,
    openAdmin: ofProfile,
    publish: ofProfile,
    discard: ofProfile,
  },
  template: {
    list: PLAIN_READ,
    show: PLAIN_READ,
    save: ofTemplate,
    rename: named({ name: 'templateName', newName: 'newName' }),
    share: ofTemplate,
    delete: ofTemplate,
  },
  // Terminals ask for their assignment every few seconds, and for their console as long as there is none.
  terminal: {
    show: PLAIN_READ,
    connect: {
      names: { labName: 'labName', terminalName: 'terminalName', profileName: 'profileName' },
      often: true,
    },
  },
  capsule: {
    export: named({ envName: 'envName', snapshotName: 'snapshotName', transferId: 'transferId' }),
    inspect: PLAIN_READ,
    import: named({ transferId: 'transferId', name: 'envName' }),
  },
  run: {
    start: named({ envName: 'envName', vmIds: 'vmId', runId: 'runId', user: 'guestUserName' }, { 'run.id': 'runId' }),
    list: PLAIN_READ,
    show: PLAIN_READ,
    output: named({ runId: 'runId', vmId: 'vmId', channel: 'kind' }),
    cancel: ofRun,
    delete: ofRun,
  },
  guestFile: {
    list: named({ vmId: 'vmId', user: 'guestUserName' }),
    put: named({ envName: 'envName', vmIds: 'vmId', transferId: 'transferId', user: 'guestUserName' }),
    get: named({ vmId: 'vmId', transferId: 'transferId', user: 'guestUserName' }),
  },
  audit: { list: PLAIN_READ },
};

const UNKNOWN: Audited = { names: {} };

/** How a call is audited; one that is not known is, without its arguments. */
export function auditRuleOf(call: string): AuditRule {
  return rules.get(call) ?? UNKNOWN;
}

const rules: ReadonlyMap<string, AuditRule> = new Map(
  Object.entries(auditedCalls).flatMap(([group, methods]) =>
    Object.entries(methods).map(([method, rule]): [string, AuditRule] => [`${group}.${method}`, rule]),
  ),
);
