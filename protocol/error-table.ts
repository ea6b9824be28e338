// The one table of error codes: status, message, what to do, and the data that comes with each. docs/errors.md is tested
// against it both ways. A retired code is never used again.
import { z } from 'zod';

const text = z.string();
const count = z.number();
const lines = z.array(z.string());

function entry<Data extends z.ZodRawShape>(status: number, message: string, fix: string, data: Data) {
  return { status, message, fix, data: z.object(data) };
}

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
  // Images
  IMAGE_NOT_FOUND: entry(
    404,
    'No image matches “{wanted}”.',
    'Choose one of the images in the list; near matches are given.',
    { wanted: text, near: lines },
  ),
  IMAGE_NOT_READY: entry(
    409,
    'The image {imageName} is not ready: {state}.',
    'Wait until it is built, or build it with "npx tt image build".',
    { imageName: text, state: text },
  ),
  IMAGE_BUILD_FAILED: entry(500, 'Building {imageName} failed at “{step}”: {reason}.', '{advice}', {
    imageName: text,
    step: text,
    reason: text,
    advice: text,
  }),
  IMAGE_WRONG_KIND: entry(
    422,
    '{imageName} is of kind {kind}; {wanted} was wanted.',
    'Make machines from images of kind disk, and put those of kind iso into their CD drives.',
    { imageName: text, kind: text, wanted: text },
  ),
  IMAGE_NAME_INVALID: entry(
    422,
    '“{imageName}” can’t be the name of an image.',
    'Write engine:os-version:variant, e.g. qemu:debian-12:web, of letters, digits, “_”, “.”, “+” and “-”.',
    { imageName: text },
  ),
  IMAGE_NAME_TAKEN: entry(
    409,
    'There is already an image called {imageName}.',
    'Choose another name, or delete that image first.',
    { imageName: text },
  ),
  IMAGE_IN_USE: entry(409, '{imageName} is used by {users}.', 'Delete those first, or leave the image as it is.', {
    imageName: text,
    users: lines,
  }),
  IMAGE_NOT_YOURS: entry(403, '{imageName} belongs to {owner}.', 'Ask {owner} or an administrator.', {
    imageName: text,
    owner: text,
  }),
  IMAGE_BROKEN: entry(
    500,
    '{imageName} ({file} in the image folder) can’t be used: {reason}',
    'Mend or remove it there; it is looked at again by itself.',
    { imageName: text, file: text, reason: text },
  ),
  IMAGE_REFUSED: entry(
    422,
    '{source} was not taken: {reason}',
    'Give another file; see “Images” in the user guide for what is taken.',
    { source: text, reason: text },
  ),
  IMAGE_CHECKSUM_WRONG: entry(
    422,
    '{source} is not what it should be: its checksum is {found}, and {wanted} was wanted.',
    'Fetch it again from where its checksum comes from; don’t use this one.',
    { source: text, wanted: text, found: text },
  ),
  IMAGE_DOWNLOAD_FAILED: entry(
    502,
    '{url} could not be fetched: {reason}',
    'Try again: what has come so far is kept, and it goes on from there.',
    { url: text, reason: text },
  ),
  IMAGE_CONVERT_FAILED: entry(
    500,
    '{source} could not be converted: {reason}',
    'Look whether the file is whole (does the program that made it open it?), then try again.',
    { source: text, reason: text },
  ),
  IMAGE_PUBLISH_FAILED: entry(
    500,
    '{vmName} could not be published as {imageName}: {reason}',
    'Nothing was kept of it. Try again; if it stays so, run "npm run doctor".',
    { vmName: text, imageName: text, reason: text },
  ),
  IMAGE_RECIPE_BY_HAND: entry(422, 'TT can’t fetch {imageName} by itself.', '{instructions}', {
    imageName: text,
    instructions: text,
  }),
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
    '{vmName} has {max} disks already.',
    'Remove one that is no longer needed, or grow one.',
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
    'Nothing was changed. Put the file back, or delete the snapshot; the others are not touched by it.',
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
  // Transfers
  TRANSFER_NOT_FOUND: entry(
    404,
    'There is no transfer {transferId}.',
    'It may have been used, dropped, or left alone for too long. Begin a new one.',
    { transferId: text },
  ),
  TRANSFER_OFFSET: entry(
    409,
    'The next byte of transfer {transferId} is {expected}, not {offset}.',
    'Go on from there.',
    { transferId: text, offset: count, expected: count },
  ),
  TRANSFER_SIZE: entry(
    422,
    '{fileName} was announced with {sizeBytes} bytes, but {sentBytes} were sent.',
    'Send the rest, or drop it and begin again with the right size.',
    { fileName: text, sizeBytes: count, sentBytes: count },
  ),
  TRANSFER_HASH: entry(
    422,
    '{fileName} did not arrive as it was sent: SHA-256 {expected} was announced, {found} arrived.',
    'Drop it and send it again. If it stays so, the file is being changed while it is sent.',
    { fileName: text, expected: text, found: text },
  ),
  TRANSFER_STATE: entry(
    409,
    'The {direction} of {fileName} is {state}: this can’t be done with it now.',
    'Ask for its status; finish it, wait for the operation that uses it, or begin a new one.',
    { fileName: text, direction: text, state: text },
  ),
  TRANSFER_LIMIT: entry(
    409,
    '{user} has {used} transfers under way, {total} is the most.',
    'Finish or drop some of them first.',
    { user: text, total: count, used: count },
  ),
  // Labs
  LAB_NOT_FOUND: entry(404, 'There is no lab called {labName}.', 'List the labs to see their names.', {
    labName: text,
    near: lines,
  }),
  LAB_NAME_TAKEN: entry(
    409,
    'There is already a lab called {labName}.',
    'Choose another name, or delete that lab first.',
    { labName: text },
  ),
  LAB_NOT_YOURS: entry(403, 'The lab {labName} belongs to {owner}.', 'Ask {owner} or an administrator.', {
    labName: text,
    owner: text,
  }),
  LAB_IN_USE: entry(409, '{labName} has sessions: {sessions}.', 'End them first.', { labName: text, sessions: lines }),
  LAB_FULL: entry(409, 'All {seats} seats of {labName} are taken.', 'End a session, or give the lab more seats.', {
    labName: text,
    seats: count,
  }),
  PROFILE_NOT_FOUND: entry(404, 'There is no profile called {profileName}.', 'List the profiles to see their names.', {
    profileName: text,
    near: lines,
  }),
  PROFILE_NAME_TAKEN: entry(
    409,
    'There is already a profile called {profileName}.',
    'Choose another name, or delete that profile first.',
    { profileName: text },
  ),
  PROFILE_NOT_YOURS: entry(
    403,
    'The profile {profileName} belongs to {owner}.',
    'Ask {owner} or an administrator, or clone it.',
    { profileName: text, owner: text },
  ),
  PROFILE_IN_USE: entry(
    409,
    '{profileName} is used by {users}.',
    'Take it out of these labs, and end these sessions, first.',
    { profileName: text, users: lines },
  ),
  PROFILE_NOT_IN_LAB: entry(422, '{labName} may not use “{profileName}”.', 'Choose one of: {allowed}.', {
    labName: text,
    profileName: text,
    allowed: lines,
  }),
  PROFILE_CLIENTS_RUN: entry(
    409,
    'Sessions of {profileName} run: {clients}.',
    'Stop them, or open it with “stop clients”.',
    { profileName: text, clients: lines },
  ),
  PROFILE_IN_ADMIN_SESSION: entry(
    409,
    '{profileName} is open for change in {envName}, by {openedBy}.',
    'Wait until it is published or discarded.',
    { profileName: text, envName: text, openedBy: text },
  ),
  PROFILE_NOT_IN_ADMIN_SESSION: entry(
    409,
    '{profileName} is not open for change.',
    'Open an administrative session first.',
    { profileName: text },
  ),
  PROFILE_VERSION_NOT_FOUND: entry(404, '{profileName} has no version {version}.', 'Choose one of: {kept}.', {
    profileName: text,
    version: count,
    kept: lines,
  }),
  PROFILE_PUBLISH_FAILED: entry(
    500,
    'A new base of {profileName} was not made: {reason}.',
    'The base is as it was, and the administrative session is still open. Mend that and publish again.',
    { profileName: text, reason: text },
  ),
  SESSION_NOT_FOUND: entry(
    404,
    '{labName} has no session called {sessionName}.',
    'List the sessions of the lab to see their names.',
    { labName: text, sessionName: text, near: lines },
  ),
  SESSION_EXISTS: entry(409, '{labName} already has the session {sessionName}.', 'Use that one, or end it first.', {
    labName: text,
    sessionName: text,
  }),
  WRITES_DISCARDED: entry(
    409,
    '{vmName} keeps nothing of what it writes, so there is nothing to take a snapshot of.',
    'Open an administrative session of its profile, or use a VM of another ENV.',
    { vmName: text },
  ),
  TERMINAL_NOT_FOUND: entry(
    404,
    '{labName} has no terminal called {terminalName}.',
    'List the terminals of the lab to see their names.',
    { labName: text, terminalName: text, near: lines },
  ),
  TERMINAL_INVALID: entry(
    422,
    '{terminalName} can’t be a terminal: {reason}.',
    'Give it a secret, an IP address, or both.',
    { terminalName: text, reason: text },
  ),
  TERMINAL_REFUSED: entry(
    403,
    'This terminal is not known here.',
    'Check its name, its secret and its address, and that its lab has terminals enabled.',
    {},
  ),
  TERMINAL_TOO_OFTEN: entry(429, 'This address asks too often.', 'Wait {retryAfterS} s, then try again.', {
    retryAfterS: count,
  }),
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
