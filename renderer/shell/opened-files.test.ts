// Files that were opened with TT are taken as if they had been dropped, and read by their ids.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenedFile } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { foreignFile, takeOpened } from './opened-files.ts';

let running: TestStores;
beforeEach(async () => {
  running = await startTestStores({ empty: true });
});
afterEach(() => running.stop());

const reads: { id: string; start: number; end: number }[] = [];
/** A file with this text. */
function fileOf(kind: OpenedFile['kind'], name: string, text = 'x') {
  const bytes = new TextEncoder().encode(text);
  const readOpened = async (request: { id: string; start: number; end: number }) => {
    reads.push(request);
    return bytes.slice(request.start, request.end);
  };
  return foreignFile(readOpened, { id: `id of ${name}`, kind, name, sizeBytes: bytes.length });
}
const explained = () => running.stores.toasts.all.map(({ text }) => text);

test('is read in pieces, by its id', async () => {
  reads.length = 0;
  const MIB = 1024 ** 2;
  const file = fileOf('image', 'disk.qcow2', 'ab'.repeat(2.5 * MIB));
  const bytes = new Uint8Array(await file.slice(1, 5 * MIB).arrayBuffer());
  expect([file.size, bytes.length, bytes[0], bytes.at(-1)]).toEqual([5 * MIB, 5 * MIB - 1, 98, 98]);
  expect(reads.map(({ start, end }) => [start, end])).toEqual([
    [1, 2 * MIB + 1],
    [2 * MIB + 1, 4 * MIB + 1],
    [4 * MIB + 1, 5 * MIB],
  ]);
});

test('an image and a capsule are asked about; several kinds come one after the other', async () => {
  const { stores } = running;
  const { view } = stores;
  const [image, capsule] = [fileOf('image', 'disk.qcow2'), fileOf('capsule', 'demo.tt-capsule')];
  await takeOpened(stores, [capsule, image], translate);
  expect([view.route, view.dialog]).toEqual([{ page: 'images' }, { kind: 'importImage', file: image }]);
  expect(explained()).toEqual(['demo.tt-capsule was not opened: open it alone.']);
  // A dialog is open: what may have been typed there is not lost.
  await takeOpened(stores, [capsule], translate);
  expect([view.dialog?.kind, explained().at(-1)]).toEqual(['importImage', 'Close the open dialog first']);
  view.close();
  await takeOpened(stores, [capsule], translate);
  expect(view.dialog).toEqual({ kind: 'importCapsule', file: capsule });
});

test('YAML is shown as a new ENV with its faults, and never costs a draft', async () => {
  const { stores } = running;
  const { view } = stores;
  await takeOpened(stores, [fileOf('envFile', 'env.yaml', 'name: shop\nmachine: {}\n')], translate);
  if (view.dialog?.kind !== 'newEnv' || !view.dialog.draft) throw new Error('no sheet');
  const { draft } = view.dialog;
  expect([draft.yaml?.text, (draft.yaml?.problems.length ?? 0) > 0]).toEqual(['name: shop\nmachine: {}\n', true]);
  view.keepNewEnv(draft);
  view.close();
  await takeOpened(stores, [fileOf('envFile', 'other.yaml', 'name: other\n')], translate);
  expect([view.dialog, explained().at(-1)]).toEqual([null, expect.stringContaining('New ENV holds what you began')]);
  view.keepNewEnv(null);
  const noText = {
    ...fileOf('envFile', 'bytes.yaml'),
    slice: () => ({ arrayBuffer: async () => new Uint8Array([255]).buffer }),
  };
  await takeOpened(stores, [noText], translate);
  expect([view.dialog, explained().at(-1)]).toEqual([null, 'bytes.yaml was not opened: it can’t be read as text.']);
});
