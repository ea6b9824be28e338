// The part of the error table about files: images, transfers, capsules. See error-table.ts.
import { z } from 'zod';
import { count, entry, lines, reasonSchema, term, text } from './error-entry.ts';

export const fileErrors = {
  // Files of the computer somebody works at
  FILE_UNUSABLE: entry(
    422,
    '{file} can’t be used: {reason}.',
    'Choose another file, or fix this one. Nothing was changed.',
    { file: text, reason: reasonSchema },
  ),
  DOCUMENT_INVALID: entry(
    422,
    '{file}, line {line}, column {column}: {reason}.',
    'Correct the file there. Nothing was changed.',
    {
      file: text,
      line: count,
      column: count,
      reason: reasonSchema,
      problems: z.array(z.object({ line: count, column: count, reason: reasonSchema })),
    },
  ),
  PLAN_OUTDATED: entry(
    409,
    '{envName} has changed since the plan was made.',
    'Run the command again: it makes a new plan. What was done so far remains.',
    { envName: text },
  ),
  PLAN_INCOMPLETE: entry(
    409,
    '{refused} of {total} steps can’t be done, and were left out.',
    'Read the reason beside each of them; change the file, or allow what it asks for.',
    { refused: count, total: count },
  ),
  // Images
  IMAGE_NOT_FOUND: entry(
    404,
    'No image matches “{wanted}”.',
    'Choose one of the images in the list; similar names are suggested.',
    { wanted: text, suggestions: lines },
  ),
  IMAGE_NOT_READY: entry(
    409,
    'The image {imageName} is not ready: {state}.',
    'Wait until it is built, or build it with "npx tt image build".',
    { imageName: text, state: term('imageState') },
  ),
  IMAGE_BUILD_FAILED: entry(500, 'Building {imageName} failed at “{step}”: {reason}.', '{advice}', {
    imageName: text,
    step: term('step'),
    stepData: z.record(text, z.union([text, count])),
    reason: reasonSchema,
    advice: term('advice'),
  }),
  IMAGE_WRONG_KIND: entry(
    422,
    '{imageName} is of kind {kind}, but kind {wanted} is required.',
    'Create machines from images of kind disk, and insert images of kind ISO into their CD drives.',
    { imageName: text, kind: term('imageKind'), wanted: term('imageKind') },
  ),
  IMAGE_NAME_INVALID: entry(
    422,
    '“{imageName}” is not a valid image name.',
    'Write engine:os-version:variant, e.g. qemu:debian-12:web, with letters, digits, “_”, “.”, “+” and “-”.',
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
    '{imageName} ({file} in the image folder) can’t be used: {reason}.',
    'Repair or remove the file; the agent then checks it again automatically.',
    { imageName: text, file: text, reason: reasonSchema },
  ),
  IMAGE_REFUSED: entry(
    422,
    '{source} was not imported: {reason}.',
    'Choose another file; “Images” in the user guide lists the supported formats.',
    { source: text, reason: reasonSchema },
  ),
  IMAGE_CHECKSUM_WRONG: entry(
    422,
    '{source} has the wrong checksum: {found} instead of {wanted}.',
    'Download it again from the source of the checksum; don’t use this file.',
    { source: text, wanted: text, found: text },
  ),
  IMAGE_DOWNLOAD_FAILED: entry(
    502,
    '{url} could not be downloaded: {reason}.',
    'Try again: the download resumes where it stopped.',
    { url: text, reason: reasonSchema },
  ),
  IMAGE_CONVERT_FAILED: entry(
    500,
    '{source} could not be converted: {reason}.',
    'Check that the file is complete (does the program that made it open it?), then try again.',
    { source: text, reason: reasonSchema },
  ),
  IMAGE_PUBLISH_FAILED: entry(
    500,
    '{vmName} could not be published as {imageName}: {reason}.',
    'No image was created. Try again; if it still fails, run "npm run doctor".',
    { vmName: text, imageName: text, reason: reasonSchema },
  ),
  IMAGE_NOT_WARMABLE: entry(
    422,
    '{imageName} can’t be warmed: {reason}.',
    'Its VMs boot, as before. Choose another image to warm.',
    { imageName: text, reason: term('warmProblem') },
  ),
  IMAGE_WARMING: entry(
    409,
    '{imageName} is being warmed already.',
    'Wait until it is ready, or cancel the operation first.',
    { imageName: text },
  ),
  IMAGE_WARM_FAILED: entry(
    500,
    'Warming {imageName} failed: {reason}.',
    'Nothing was kept; its VMs boot. See the log of the agent, then try again.',
    { imageName: text, reason: reasonSchema },
  ),
  IMAGE_RECIPE_BY_HAND: entry(422, 'TT can’t download {imageName} automatically.', '{instructions}', {
    imageName: text,
    instructions: term('instruction'),
  }),
  // Transfers
  TRANSFER_NOT_FOUND: entry(
    404,
    'There is no transfer {transferId}.',
    'It may have been used, dropped or idle for too long. Start a new one.',
    { transferId: text },
  ),
  TRANSFER_OFFSET: entry(
    409,
    'The next byte of transfer {transferId} is {expected}, not {offset}.',
    'Continue from there.',
    { transferId: text, offset: count, expected: count },
  ),
  TRANSFER_SIZE: entry(
    422,
    '{fileName} was announced with {sizeBytes} bytes, but {sentBytes} were sent.',
    'Send the rest, or drop it and start again with the right size.',
    { fileName: text, sizeBytes: count, sentBytes: count },
  ),
  TRANSFER_HASH: entry(
    422,
    '{fileName} did not arrive as it was sent: SHA-256 {expected} was announced, {found} arrived.',
    'Send it again. If this happens again, the file is being changed while it is sent.',
    { fileName: text, expected: text, found: text },
  ),
  TRANSFER_OTHER_FILE: entry(
    422,
    '{fileName} is not the file that was being sent: its size or its first bytes differ.',
    'Choose the file that was being sent, or cancel that import and begin a new one. Nothing was changed.',
    { fileName: text },
  ),
  TRANSFER_STATE: entry(
    409,
    'The {direction} of {fileName} is {state}, so this can’t be done now.',
    'Check its status; finish it, wait for the operation that uses it, or start a new one.',
    { fileName: text, direction: term('direction'), state: term('transferState') },
  ),
  TRANSFER_BUSY: entry(
    409,
    'Another connection is sending {fileName}.',
    'Wait until it ends. An interrupted connection is dropped after a minute; then send the file again, and it resumes where it stopped.',
    { fileName: text },
  ),
  TRANSFER_LIMIT: entry(
    409,
    '{user} has {used} transfers in progress; the limit is {total}.',
    'Finish or drop some of them first.',
    { user: text, total: count, used: count },
  ),
  // Capsules
  CAPSULE_INVALID: entry(
    422,
    '{fileName} is not a usable capsule: {reason}.',
    'Nothing was created. Download or export it again.',
    { fileName: text, reason: reasonSchema },
  ),
  CAPSULE_RAM_UNFIT: entry(
    409,
    'The memory in {fileName} can’t be loaded here: {reason}.',
    'Import it without memory: its machines then boot from their disks.',
    { fileName: text, reason: reasonSchema },
  ),
  RECORDING_INVALID: entry(
    422,
    '{fileName} can’t go into a capsule: {reason}.',
    'Leave it out, or choose another recording. Nothing was packed.',
    { fileName: text, reason: reasonSchema },
  ),
  RECORDING_NOT_FOUND: entry(
    404,
    '{envName} has no recording {recordingId}.',
    'Recordings come with an imported capsule and are deleted with its ENV. “tt env recordings” lists them.',
    { envName: text, recordingId: text },
  ),
  CAPSULE_FAILED: entry(
    500,
    'The capsule of {envName} failed at {vmName}: {reason}.',
    'Nothing was kept. Try again; if it still fails, run "npm run doctor" on the host.',
    { envName: text, vmName: text, reason: reasonSchema },
  ),
} as const;
