// The one table of error codes: status, message, what to do, and the data that comes with each. docs/errors.md is tested
// against it both ways. A retired code is never used again.
import { z } from 'zod';
import { count, entry, lines, text } from './error-entry.ts';
import { fileErrors } from './error-table-files.ts';
import { labErrors } from './error-table-labs.ts';

/**
 * Code -> HTTP status, message template (`{field}` is filled from the data), what to do, and the shape of the data.
 * Statuses follow RFC 9110.
 */
export const errorTable = {
  // Borders
  INPUT_INVALID: entry(400, 'The request is not valid: {summary}.', 'Correct the named fields and send it again.', {
    summary: text,
    issues: z.array(z.object({ path: text, message: text })),
  }),
  JSON_INVALID: entry(400, 'The body is not valid JSON.', 'Send valid JSON with Content-Type: application/json.', {}),
  BODY_TOO_LARGE: entry(413, 'The body is larger than {limitBytes} bytes.', 'Send less in one request.', {
    limitBytes: count,
  }),
  ROUTE_NOT_FOUND: entry(404, 'There is no {method} {path} here.', 'See /api/openapi.json for what there is.', {
    method: text,
    path: text,
  }),
  UNAUTHORIZED: entry(
    401,
    'A valid access token is needed.',
    'Use the token from the agent’s state folder, or open a fresh link with "npx tt open".',
    {},
  ),
  ORIGIN_REFUSED: entry(
    403,
    'Requests from {origin} are refused.',
    'Open the window at the address the agent printed.',
    {
      origin: text,
    },
  ),
  TICKET_INVALID: entry(
    403,
    'The stream ticket is unknown, used or too old.',
    'Open the console again to get a new ticket.',
    {},
  ),
  JOIN_CODE_INVALID: entry(403, 'This link has been used or is too old.', 'Run "npx tt open" to get a new link.', {}),
  FEATURE_UNSUPPORTED: entry(422, '{where} has no {feature}.', 'Choose another image, engine or host.', {
    feature: text,
    where: text,
  }),
  INTERNAL: entry(
    500,
    'Something failed inside TT (request {requestId}).',
    'Look for this request id in the agent’s log and report it.',
    {
      requestId: text,
    },
  ),
  // Links
  AGENT_UNREACHABLE: entry(
    503,
    'No agent answers at {url}.',
    'Check that it runs and that the address is right, then try again.',
    { url: text },
  ),
  AGENT_GONE: entry(
    502,
    'The agent went away in the middle of {call}.',
    'Look whether it was done before you repeat it; TT repeats nothing by itself.',
    { call: text },
  ),
  AGENT_NOT_RUNNING: entry(
    503,
    'No private agent is running for {stateDirectory}.',
    'Start it with "npm start" (or "npx tt-agent").',
    { stateDirectory: text },
  ),
  AGENT_ALREADY_RUNNING: entry(
    409,
    'Another agent (process {pid}) already uses {stateDirectory}.',
    'Use that one, end it first, or set TT_HOME to another folder.',
    { pid: count, stateDirectory: text },
  ),
  STATE_TOO_NEW: entry(
    500,
    'The state in {stateDirectory} was written by a newer TT (schema {found}, this one knows {known}).',
    'Install that newer TT again, or set TT_HOME to another folder.',
    { stateDirectory: text, found: count, known: count },
  ),
  // ENVs
  NAME_INVALID: entry(
    422,
    '“{name}” can’t be a name.',
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
    near: lines,
  }),
  ENV_BUSY: entry(409, '{envName} is busy: {operation}.', 'Wait until that is done, or cancel it.', {
    envName: text,
    operation: text,
  }),
  LIFETIME_TOO_LONG: entry(
    422,
    'A lifetime of {wantedS} s is over the limit of {maxS} s.',
    'Ask for less, and extend it later.',
    { wantedS: count, maxS: count },
  ),
  ENV_OVER: entry(409, 'The time of {envName} was over at {endAt}.', 'Extend it first, then start it.', {
    envName: text,
    endAt: text,
  }),
  ENV_NOT_YOURS: entry(403, '{envName} belongs to {owner}.', 'Ask {owner} or an administrator.', {
    envName: text,
    owner: text,
  }),
  NOT_ALLOWED: entry(403, '{user} may not do this: {what}.', 'Ask an administrator.', { user: text, what: text }),
  // Resources
  CPU_EXHAUSTED: entry(
    409,
    'Not enough processors: total {total} (with overcommit), used {used}, wanted {wanted}.',
    'Stop or delete VMs, or ask for fewer processors.',
    { total: count, used: count, wanted: count },
  ),
  QUOTA_EXCEEDED: entry(
    409,
    'The quota of {user} is full: {resource} total {total}, used {used}, wanted {wanted}.',
    'Stop or delete what you no longer need, or ask an administrator for more.',
    { user: text, resource: text, total: count, used: count, wanted: count },
  ),
  MEMORY_EXHAUSTED: entry(
    409,
    'Not enough memory: total {totalMiB} MiB, used {usedMiB} MiB, wanted {wantedMiB} MiB.',
    'Stop or delete VMs, or ask for less memory.',
    { totalMiB: count, usedMiB: count, wantedMiB: count },
  ),
  DISK_EXHAUSTED: entry(
    409,
    'Not enough disk: total {totalMiB} MiB, used {usedMiB} MiB, wanted {wantedMiB} MiB.',
    'Delete ENVs or snapshots, or ask for smaller disks.',
    { totalMiB: count, usedMiB: count, wantedMiB: count },
  ),
  MEMORY_TOO_SMALL: entry(
    422,
    '{imageName} needs at least {minMiB} MiB of memory, {wantedMiB} MiB were asked for.',
    'Give it more memory.',
    { imageName: text, minMiB: count, wantedMiB: count },
  ),
  DISK_TOO_SMALL: entry(
    422,
    '{imageName} needs a disk of at least {minMiB} MiB, {wantedMiB} MiB were asked for.',
    'Give it a larger disk.',
    { imageName: text, minMiB: count, wantedMiB: count },
  ),
  DISK_CANNOT_SHRINK: entry(
    422,
    'The disk of {vmName} has {currentMiB} MiB and can’t shrink to {wantedMiB} MiB.',
    'Give it the same size or more.',
    { vmName: text, currentMiB: count, wantedMiB: count },
  ),
  DISK_COUNT_LIMIT: entry(
    409,
    '{vmName} can’t have more than {max} disks, disk0 and on.',
    'Give no name, remove one that is no longer needed, or grow one.',
    { vmName: text, max: count },
  ),
  DISK_NOT_FOUND: entry(404, '{vmName} has no disk {diskName}.', 'It has: {disks}.', {
    vmName: text,
    diskName: text,
    disks: lines,
  }),
  DISK_NAME_TAKEN: entry(409, '{vmName} has a disk {diskName} already.', 'Leave the name out, or choose another.', {
    vmName: text,
    diskName: text,
  }),
  DISK_IS_BOOT: entry(
    409,
    '{vmName} boots from {diskName}: it stays.',
    'Detach or remove other disks only; to be rid of this one, delete the VM.',
    { vmName: text, diskName: text },
  ),
  DISK_ATTACHED: entry(409, '{diskName} is attached to {vmName}.', 'Detach it first.', {
    vmName: text,
    diskName: text,
  }),
  DISK_HELD: entry(
    409,
    '{diskName} of {vmName} is held by snapshots: {snapshots}.',
    'Delete those snapshots first, or leave the disk detached.',
    { vmName: text, diskName: text, snapshots: lines },
  ),
  DISK_IN_USE: entry(
    409,
    '{vmName} does not let go of {diskName}: {reason}',
    'Unmount it in the guest and try again, or stop the VM first. It stays attached.',
    { vmName: text, diskName: text, reason: text },
  ),
  DISK_FULL: entry(
    507,
    'The disk of this host is full: {freeMiB} MiB free, {wantedMiB} MiB wanted. {subject} was not done.',
    'Free some space (delete snapshots or ENVs) and try again.',
    { freeMiB: count, wantedMiB: count, subject: text },
  ),
  PORTS_EXHAUSTED: entry(
    409,
    'No free port is left between {firstPort} and {lastPort}.',
    'Delete ENVs that are no longer used, or widen the range.',
    { firstPort: count, lastPort: count },
  ),
  // Networks
  NETWORK_UNAVAILABLE: entry(
    422,
    'This host has no {kind} network: {reason}',
    'Choose another network, or ask the administrator to run "tt-agent doctor" there.',
    { kind: text, reason: text },
  ),
  ADDRESSES_EXHAUSTED: entry(
    409,
    'No free address is left in {pool}.',
    'Delete ENVs that are no longer used, or widen the pool in the agent’s configuration.',
    { pool: text },
  ),
  DESTINATION_INVALID: entry(
    422,
    '“{destination}” is no IPv4 address or CIDR.',
    'Write 192.0.2.1 or 198.51.100.0/24.',
    { destination: text },
  ),
  NETWORK_FAILED: entry(
    500,
    'The network of {subject} could not be made ready: {reason}',
    'Run "tt-agent doctor" on the host; its log has the whole story.',
    { subject: text, reason: text },
  ),
  FIREWALL_FAILED: entry(
    500,
    'The firewall refused a change for {subject}: {reason}',
    'Nothing was changed. Run "tt-agent doctor" on the host.',
    { subject: text, reason: text },
  ),
  // VMs
  VM_NOT_FOUND: entry(404, 'There is no VM {vmId}.', 'It may have been deleted; look at the ENV again.', {
    vmId: text,
  }),
  VM_NOT_RUNNING: entry(409, '{vmName} is not running, it is {state}.', 'Start it first.', {
    vmName: text,
    state: text,
  }),
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
      change: text,
    },
  ),
  VM_START_FAILED: entry(
    500,
    '{vmName} could not be started: {reason}',
    'Read the last lines of its log below; run "npm run doctor" on the host.',
    { vmName: text, reason: text, logTail: lines },
  ),
  VM_DIED: entry(
    500,
    '{vmName} stopped by itself: {reason}',
    'Start it again, or drag a snapshot onto it. Its last log lines are below.',
    { vmName: text, reason: text, logTail: lines },
  ),
  SETUP_FAILED: entry(
    500,
    'The setup of {vmName} failed with exit code {exitCode} at: {command}',
    'Correct the command and make the machine again. What it printed is below.',
    { vmName: text, command: text, exitCode: count, output: text },
  ),
  VM_CONTROL_FAILED: entry(
    500,
    '{vmName} did not do as told: {reason}',
    'Try again; if it stays so, stop and start the VM.',
    { vmName: text, reason: text },
  ),
  ENGINE_MISSING: entry(
    503,
    'The engine {engine} is not installed on this host: {reason}',
    'Run "npm run doctor" on the host; it says what to install.',
    { engine: text, reason: text },
  ),
  // Snapshots
  SNAPSHOT_NAME_TAKEN: entry(
    409,
    '{envName} already has a snapshot called {snapshotName}.',
    'Choose another name, or delete that snapshot first.',
    { envName: text, snapshotName: text },
  ),
  SNAPSHOT_NOT_FOUND: entry(
    404,
    '{envName} has no snapshot called {snapshotName}.',
    'List the snapshots of the ENV to see their names.',
    { envName: text, snapshotName: text, near: lines },
  ),
  SNAPSHOT_VM_MISSING: entry(
    409,
    'Snapshot {snapshotName} does not hold {vmId}: it was taken without it, or the VM was deleted.',
    'Choose a snapshot that holds this VM.',
    { snapshotName: text, vmId: text },
  ),
  SNAPSHOT_EMPTY: entry(409, '{envName} has no VM to take a snapshot of.', 'Add a VM first.', { envName: text }),
  SNAPSHOT_DAMAGED: entry(
    409,
    'Snapshot {snapshotName} is damaged: of {vmName} {missing} is missing.',
    'Put the file back, or delete the snapshot; the others are not touched by it.',
    { snapshotName: text, vmName: text, missing: text },
  ),
  THUMBNAIL_NOT_FOUND: entry(
    404,
    'Snapshot {snapshotName} has no picture of {vmId}.',
    'Only VMs that ran when it was taken have one.',
    { snapshotName: text, vmId: text },
  ),
  SNAPSHOT_FAILED: entry(
    500,
    'Snapshot {snapshotName} failed at {vmName}: {reason}',
    'Nothing was kept of it. Try again; if it stays so, run "npm run doctor".',
    { snapshotName: text, vmName: text, reason: text },
  ),
  ...fileErrors,
  ...labErrors,
  // Operations
  OPERATION_NOT_FOUND: entry(
    404,
    'There is no operation {operationId}.',
    'It may be too old: results are kept for an hour.',
    { operationId: text },
  ),
  OPERATION_CANCELLED: entry(
    409,
    '{operation} was cancelled.',
    'Nothing was left behind. Start it again when you like.',
    { operation: text },
  ),
  OPERATION_NOT_CANCELLABLE: entry(409, '{operation} can’t be cancelled any more.', 'Wait until it ends.', {
    operation: text,
  }),
} as const;
