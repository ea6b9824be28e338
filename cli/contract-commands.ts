// Every call of the contract and the command that makes it. The types refuse a call that is missing here; contract-commands.test.ts
// compares the commands and what the sources call.
import type { Contract } from '@tt/protocol';

/** Why there is no command for a call. */
interface Without {
  why: string;
}

/** The words of the command behind `tt`. */
type Answer = string | Without;

type CommandTable = { [Group in keyof Contract]: { [Method in keyof Contract[Group]]: Answer } };

const seat: Without = { why: 'only for the terminals of a lab, which have no token: their page makes it' };

export const commandsOfCalls: CommandTable = {
  host: {
    show: 'status',
    metrics: 'top',
    firewall: 'firewall',
    tasks: 'doctor',
    me: 'me',
    ping: 'status',
  },
  image: {
    list: 'image list',
    show: 'image show',
    build: 'image build',
    import: 'image import',
    publish: 'image publish',
    warm: 'image warm',
    cool: 'image cool',
    rename: 'image rename',
    delete: 'image del',
  },
  env: {
    list: 'env list',
    show: 'env show',
    create: 'env add',
    update: 'env update',
    addVms: 'env add-vm',
    removeVms: 'env remove-vm',
    sshKey: 'env ssh-key',
    clone: 'env clone',
    planClone: 'env clone',
    start: 'env start',
    stop: 'env stop',
    compact: 'snapshot compact',
    delete: 'env del',
  },
  vm: {
    show: 'vm show',
    update: 'vm update',
    start: 'vm start',
    resume: 'vm resume',
    stop: 'vm stop',
    clone: 'vm clone',
    reset: 'vm reset',
    delete: 'vm del',
    screenshot: 'vm screenshot',
  },
  run: {
    start: 'env run',
    list: 'run list',
    show: 'run show',
    output: 'run output',
    cancel: 'run cancel',
    delete: 'run del',
  },
  disk: {
    add: 'disk add',
    attach: 'disk attach',
    detach: 'disk detach',
    remove: 'disk remove',
    grow: 'disk grow',
    limit: 'disk limit',
  },
  cd: { insert: 'cd insert', eject: 'cd eject' },
  snapshot: {
    list: 'snapshot list',
    show: 'snapshot show',
    usage: 'snapshot usage',
    thumbnail: 'snapshot screenshot',
    create: 'snapshot add',
    revert: 'snapshot revert',
    update: 'snapshot update',
    fork: 'snapshot fork',
    planFork: 'snapshot fork',
    delete: 'snapshot del',
  },
  console: { open: 'console', openShell: 'vm shell', type: 'vm type' },
  operation: { list: 'operation list', cancel: 'operation cancel' },
  event: { follow: 'event' },
  audit: { list: 'audit' },
  session: {
    invite: 'open',
    join: { why: 'turns the code of a link into the session of a browser; `tt` has a token' },
    login: { why: 'turns a name and a password into the session of a browser; `tt` has a token' },
    list: 'session list',
    end: 'session end',
  },
  user: {
    list: 'user list',
    create: 'user add',
    update: 'user update',
    delete: 'user del',
    setPassword: 'user password',
    invite: 'user invite',
  },
  team: {
    list: 'team list',
    show: 'team show',
    create: 'team add',
    update: 'team quota',
    delete: 'team del',
    addMember: 'team member add',
    removeMember: 'team member del',
  },
  token: {
    list: 'token list',
    create: 'token add',
    redeem: {
      why: 'turns the code of a link into a token: `tt config` makes it before there is a connection for calls',
    },
    revoke: 'token revoke',
  },
  transfer: {
    list: 'transfer list',
    begin: 'image import',
    reserve: 'capsule export',
    status: 'transfer show',
    open: 'image import',
    drop: 'transfer del',
  },
  lab: {
    list: 'lab list',
    show: 'lab show',
    create: 'lab add',
    update: 'lab update',
    delete: 'lab del',
    setTerminal: 'lab terminal add',
    removeTerminal: 'lab terminal del',
    startSession: 'lab session start',
    stopSession: 'lab session stop',
  },
  profile: {
    list: 'profile list',
    show: 'profile show',
    create: 'profile add',
    update: 'profile update',
    clone: 'profile clone',
    rollback: 'profile rollback',
    delete: 'profile del',
    openAdmin: 'lab admin open',
    publish: 'lab admin publish',
    discard: 'lab admin discard',
  },
  template: {
    list: 'template list',
    show: 'template show',
    save: 'template save',
    rename: 'template rename',
    share: 'template share',
    delete: 'template del',
  },
  terminal: { show: seat, connect: seat },
  guestFile: { list: 'vm files', put: 'env push', get: 'env get' },
  capsule: { export: 'capsule export', inspect: 'capsule show', import: 'capsule import' },
};
