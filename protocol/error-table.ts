// The table of error codes: status, message, what to do, and the data of each. A test keeps docs/errors.md in agreement with it.
// A retired code is never used again.
import { count, entry, foreignLog, lines, logLines, openTerm, reasonSchema, term, text } from './error-entry.ts';
import { binErrors } from './error-table-bin.ts';
import { borderErrors } from './error-table-borders.ts';
import { connectionErrors } from './error-table-connections.ts';
import { fileErrors } from './error-table-files.ts';
import { guestFileErrors } from './error-table-guest-files.ts';
import { labErrors } from './error-table-labs.ts';
import { loginErrors } from './error-table-logins.ts';
import { peopleErrors } from './error-table-people.ts';
import { resourceErrors } from './error-table-resources.ts';
import { runErrors } from './error-table-runs.ts';
import { serviceErrors } from './error-table-service.ts';
import { shellErrors } from './error-table-shells.ts';
import { snapshotErrors } from './error-table-snapshots.ts';
import { teamErrors } from './error-table-teams.ts';
import { templateErrors } from './error-table-templates.ts';

/**
 * Code -> HTTP status, message template (`{field}` is filled from the data), what to do, and the shape of the data.
 * Statuses follow RFC 9110.
 */
export const errorTable = {
  ...borderErrors,
  ...connectionErrors,
  // ENVs
  NAME_INVALID: entry(
    422,
    '“{name}” is not a valid name.',
    'Use letters, digits, “_”, “.” and “-”, start with a letter or digit, at most 63 characters.',
    { name: text },
  ),
  ENV_NAME_TAKEN: entry(
    409,
    'There is already an ENV called {envName}.',
    'Choose another name, or delete that ENV first.',
    { envName: text },
  ),
  ENV_NOT_FOUND: entry(404, 'There is no ENV called {envName}.', 'List the ENVs to see their names.', {
    envName: text,
    suggestions: lines,
  }),
  ENV_BUSY: entry(409, '{envName} is busy: {operation}.', 'Wait until that is done, or cancel it.', {
    envName: text,
    operation: term('activity'),
  }),
  LIFETIME_TOO_LONG: entry(
    422,
    'A lifetime of {wantedS} s exceeds the limit of {maxS} s.',
    'Choose a shorter lifetime; only an administrator can exceed the limit ("--override-limit").',
    { wantedS: count, maxS: count },
  ),
  ENV_EXPIRED: entry(409, '{envName} expired at {endAt}.', 'Extend it first, then start it.', {
    envName: text,
    endAt: text,
  }),
  ENV_NOT_YOURS: entry(403, '{envName} belongs to {owner}.', 'Ask {owner} or an administrator.', {
    envName: text,
    owner: text,
  }),
  ...binErrors,
  NOT_ALLOWED: entry(403, '{user} is not allowed to {what}.', 'Ask an administrator.', {
    user: text,
    what: term('privilege'),
  }),
  ...loginErrors,
  ...peopleErrors,
  ...teamErrors,
  ...resourceErrors,
  // Networks
  NETWORK_UNAVAILABLE: entry(
    422,
    'This host has no {kind} network: {reason}.',
    'Choose another network, or ask the administrator to run "tt-agent doctor" there.',
    { kind: text, reason: reasonSchema },
  ),
  ADDRESSES_EXHAUSTED: entry(
    409,
    'No free address is left in {pool}.',
    'Delete ENVs that are no longer used, or widen the pool in the agent’s configuration.',
    { pool: text },
  ),
  DESTINATION_INVALID: entry(
    422,
    '“{destination}” is not an IPv4 address or CIDR.',
    'Write 192.0.2.1 or 198.51.100.0/24.',
    { destination: text },
  ),
  NETWORK_FAILED: entry(
    500,
    'The network of {subject} could not be set up: {reason}.',
    'Run "tt-agent doctor" on the host; the agent’s log has the details.',
    { subject: text, reason: reasonSchema },
  ),
  FIREWALL_FAILED: entry(
    500,
    'The firewall refused a change for {subject}: {reason}.',
    'Nothing was changed. Run "tt-agent doctor" on the host.',
    { subject: text, reason: reasonSchema },
  ),
  // VMs
  VM_NOT_FOUND: entry(404, 'There is no VM {vmId}.', 'It may have been deleted; look at the ENV again.', {
    vmId: text,
    suggestions: lines.optional(),
  }),
  SYSTEM_NOT_IN_ENV: entry(
    404,
    '{envName} has no VM of a system that starts with {osPrefix}.',
    'Look at the ENV to see the systems of its VMs.',
    { envName: text, osPrefix: text, suggestions: lines },
  ),
  VM_NOT_RUNNING: entry(409, '{vmName} is not running; it is {state}.', 'Start it first.', {
    vmName: text,
    state: term('vmState'),
  }),
  GUEST_HEALTH_UNKNOWN: entry(
    504,
    'The guest of {vmName} does not say how it is: {reason}.',
    'Wait until it has booted, and make sure that the guest helper or qemu-guest-agent runs in it.',
    { vmName: text, reason: reasonSchema },
  ),
  SSH_IMPOSSIBLE: entry(
    409,
    '{vmName} can’t be reached by SSH: {reason}.',
    'Use "npx tt console {vmName}", or create the VM with a setup and NICs that can be reached.',
    { vmName: text, reason: reasonSchema },
  ),
  SSH_HOST_KEY_UNKNOWN: entry(
    409,
    'The SSH host keys of {vmName} are unknown, so something else could answer in its place.',
    'Install the QEMU guest agent in it, which tells TT its keys, or create the VM anew: TT then gives it its key.',
    { vmName: text },
  ),
  SSH_HOST_KEY_WRONG: entry(
    409,
    'What answers at the address of {vmName} does not have its SSH host key. Nothing was sent to it.',
    'If the keys were changed in the guest, start its guest agent and try again; otherwise find out what answers at its address.',
    { vmName: text },
  ),
  SSH_PROGRAM_MISSING: entry(
    422,
    'The program {program} is not on this computer.',
    'Install the OpenSSH client: the package openssh-client on Debian and Ubuntu, openssh-clients on Fedora, the optional feature “OpenSSH Client” on Windows.',
    { program: text },
  ),
  VM_ALREADY_RUNNING: entry(
    409,
    '{vmName} is already running.',
    'Nothing to do; stop it first if you want a fresh start.',
    { vmName: text },
  ),
  VM_MUST_BE_STOPPED: entry(
    409,
    '{vmName} is running: {change} can’t change now.',
    'Stop it first, then start it again.',
    {
      vmName: text,
      change: term('change'),
    },
  ),
  VM_DISK_MISSING: entry(
    409,
    'The disks of {vmName} are not on this host.',
    'Bring them into the state folder and restart the agent, or delete the VM.',
    { vmName: text },
  ),
  VM_START_FAILED: entry(
    500,
    '{vmName} could not be started: {reason}.',
    'Read the last lines of its log below; run "npm run doctor" on the host.',
    { vmName: text, reason: reasonSchema, logTail: logLines },
  ),
  VM_DIED: entry(
    500,
    '{vmName} stopped unexpectedly: {reason}.',
    'Start it again, or drag a snapshot onto it. Its last log lines are below.',
    { vmName: text, reason: reasonSchema, logTail: logLines },
  ),
  VM_MEMORY_LIMIT: entry(
    500,
    '{vmName} was killed by the kernel: its cgroup reached its memory limit of {limitMiB} MiB.',
    'Start it again with more memory. If the state folder is in memory (tmpfs), its disks and snapshots count too: set TT_HOME to a folder on a disk.',
    { vmName: text, limitMiB: count },
  ),
  VM_RESTARTED_WITHOUT_KVM: entry(
    500,
    '{vmName} was restarted and runs emulated (TCG): {reason}.',
    'The contents of its memory are lost. If other guests hang too, run "npm run doctor" on the host.',
    { vmName: text, reason: reasonSchema },
  ),
  SETUP_FAILED: entry(
    500,
    'The setup of {vmName} failed with exit code {exitCode} at “{command}”.',
    'Correct the command and create the machine again. Its output is below.',
    { vmName: text, command: text, exitCode: count, output: foreignLog },
  ),
  VM_CONTROL_FAILED: entry(
    500,
    'A command to {vmName} failed: {reason}.',
    'Try again; if it still fails, stop and start the VM.',
    { vmName: text, reason: reasonSchema },
  ),
  KEYBOARD_NOT_READ: entry(
    409,
    '{vmName} does not read its keyboard; {typed} characters were typed.',
    'Wait until its system has started, then type the rest.',
    { vmName: text, typed: count },
  ),
  KEYBOARD_TAKEN: entry(
    409,
    '{user} has the keyboard of {vmName}.',
    'Ask {user} for it, or take it: in the console, or with "tt vm keyboard {vmName} --take".',
    { user: text, vmName: text },
  ),
  KEYBOARD_NOT_WATCHED: entry(
    409,
    '{user} has no console of {vmName} open.',
    'Lend the keyboard to somebody who has.',
    { user: text, vmName: text },
  ),
  VM_PAUSED_DISK_FULL: entry(
    507,
    '{vmName} can’t continue: {reason}.',
    'Free some space on the host (delete snapshots or ENVs): the VM then resumes automatically. Don’t stop it: what it has not written yet would be lost.',
    { vmName: text, reason: reasonSchema },
  ),
  ENGINE_MISSING: entry(
    503,
    'The engine {engine} can’t be used on this host: {reason}.',
    'Run "npm run doctor" on the host; it says what to install.',
    { engine: text, reason: reasonSchema },
  ),
  ENGINE_UNKNOWN: entry(
    422,
    'There is no engine called “{engine}” here; the known engines are {known}.',
    'Start the image name with an engine this host knows, as in qemu:debian-12:default, or choose another host.',
    { engine: text, known: lines, suggestions: lines },
  ),
  ...snapshotErrors,
  ...runErrors,
  ...shellErrors,
  ...fileErrors,
  ...guestFileErrors,
  ...labErrors,
  ...templateErrors,
  ...serviceErrors,
  // Operations
  OPERATION_NOT_FOUND: entry(
    404,
    'There is no operation {operationId}.',
    'It may be too old: results are kept for an hour.',
    { operationId: text },
  ),
  OPERATION_CANCELLED: entry(409, 'Cancelled: {operation}.', 'Nothing was left behind. You can start it again.', {
    operation: openTerm('activity'),
  }),
  OPERATION_NOT_CANCELLABLE: entry(409, 'Too late to cancel: {operation}.', 'Wait until it ends.', {
    operation: term('activity'),
  }),
} as const;
