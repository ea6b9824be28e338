// Pushes of the window, with a real agent and fake guests: to every guest, each apart when one refuses, says nothing or is stopped; what
// was sent once is not sent again.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { pushable, pushAction } from './actions.ts';
import { treeOfList } from './local-tree.ts';
import type { Push } from './push.ts';

const ENV = 'tiny';

let running: TestStores;
/** In the guests; each test has its own. */
let folder: string;
let tests = 0;
/** Streams that were opened: one for each time that bytes are sent. */
let sentTimes = 0;
beforeAll(async () => {
  running = await startTestStores();
  const { link } = running;
  const openStream = link.openStream.bind(link);
  link.openStream = (ticket) => {
    sentTimes++;
    return openStream(ticket);
  };
}, 60_000);
afterAll(() => running.stop());
beforeEach(() => {
  folder = `/srv/window-${++tests}`;
  sentTimes = 0;
});

const target = { envName: ENV, vmId: null, folder: null };
const vmsOfEnv = () => running.stores.vms.ofEnv(ENV);

function begin(contents: Record<string, string>, vms = pushable(running.stores, target)): Push {
  const files = Object.entries(contents).map(([name, text]) => new File([text], name));
  return running.stores.pushes.begin({ name: ENV, envName: ENV, vms, folder, tree: treeOfList(files) });
}

/** A machine that is shared with others may be slow. */
const PATIENCE_MS = 30_000;
const ended = (push: Push) => until('it has ended', () => push.phase === 'ended', PATIENCE_MS);
const states = (push: Push) => push.rows.map(({ state, failure }) => [state, failure?.code]);
const transfers = async () => (await running.agent.client.transfer.list()).transfers.length;

async function inGuest(vmId: string | undefined, name: string): Promise<number | undefined> {
  const call = { vmId: vmId ?? '', path: `${folder}/${name}`, what: 'pattern' } as const;
  return (await running.agent.client.guestFile.list(call)).entries[0]?.sizeBytes;
}

test('files reach every guest, are sent once, and nothing is left of them', async () => {
  const push = begin({ a: 'text', b: 'x'.repeat(100_000), empty: '' });
  expect(running.stores.view.dialog).toEqual({ kind: 'push', id: push.id });
  expect(running.stores.pushes.running).toEqual([push]);
  await ended(push);
  expect(states(push)).toEqual(vmsOfEnv().map(() => ['done', undefined]));
  expect(push.rows.map(({ doneBytes }) => doneBytes)).toEqual(vmsOfEnv().map(() => push.totalBytes));
  for (const { id } of vmsOfEnv()) expect(await inGuest(id, 'b')).toBe(100_000);
  expect([sentTimes, await transfers()]).toEqual([1, 0]);
  running.stores.pushes.discard(push);
  expect(running.stores.pushes.get(push.id)).toBeUndefined();
});

test('a guest that has another file refuses it alone; replaced when asked, without sending it again', async () => {
  const [first, second] = vmsOfEnv();
  await ended(begin({ a: 'old' }, first ? [first] : []));
  sentTimes = 0;
  const push = begin({ a: 'newer' });
  await ended(push);
  expect(states(push)).toEqual([
    ['failed', 'GUEST_FILE_EXISTS'],
    ['done', undefined],
  ]);
  expect(push.conflicts.map(({ vmId }) => vmId)).toEqual([first?.id]);
  expect([await inGuest(first?.id, 'a'), await inGuest(second?.id, 'a'), await transfers()]).toEqual([3, 5, 1]);
  // Not silently in a second attempt either.
  running.stores.pushes.retry(push, [first?.id ?? ''], { overwrites: false });
  await ended(push);
  expect(push.conflicts.length).toBe(1);
  running.stores.pushes.retry(push, [first?.id ?? ''], { overwrites: true });
  await ended(push);
  expect(push.failed).toEqual([]);
  expect([await inGuest(first?.id, 'a'), sentTimes, await transfers()]).toEqual([5, 1, 0]);
});

test('cancelled while a guest says nothing: it is told of that guest alone, and goes on when it is tried again', async () => {
  const [first] = vmsOfEnv();
  const guest = running.agent.fakeHost.ofVm(first?.id ?? '');
  guest?.setPaused(true);
  const push = begin({ a: 'text' });
  await until('the other has it', () => push.rows[1]?.state === 'done', PATIENCE_MS);
  expect(push.rows[0]?.state).toBe('running');
  push.cancel();
  await ended(push);
  expect(states(push)[0]).toEqual(['failed', 'OPERATION_CANCELLED']);
  guest?.setPaused(false);
  running.stores.pushes.retry(
    push,
    push.failed.map(({ vmId }) => vmId),
    { overwrites: false },
  );
  await ended(push);
  expect([push.failed, sentTimes, await transfers()]).toEqual([[], 1, 0]);
});

test('what ends behind a closed dialog is said; one that failed is found again, and what it kept goes when it is closed', async () => {
  const { stores } = running;
  const [first] = vmsOfEnv();
  await ended(begin({ a: 'old' }, first ? [first] : []));
  stores.view.close();
  stores.toasts.closeAll();
  const push = begin({ a: 'newer' });
  stores.view.close();
  await ended(push);
  await until('it is said', () => stores.toasts.all.length > 0);
  const [toast] = stores.toasts.all;
  expect([toast?.text, toast?.error?.code]).toEqual(['1 file was not pushed everywhere in tiny', 'GUEST_FILE_EXISTS']);
  toast?.action?.run();
  expect(stores.view.dialog).toEqual({ kind: 'push', id: push.id });
  stores.view.close();
  stores.pushes.discard(push);
  await until('nothing is kept', async () => (await transfers()) === 0);

  stores.toasts.closeAll();
  const well = begin({ b: 'text' });
  stores.view.close();
  await ended(well);
  await until('it is said', () => stores.toasts.all.length > 0);
  expect(stores.toasts.all.map(({ text, error }) => [text, error])).toEqual([['1 file pushed to tiny', null]]);
  expect(stores.pushes.get(well.id)).toBeUndefined();
});

test('a file that can’t be read any more is named, and nothing reaches a guest', async () => {
  const file = new File(['text'], 'gone');
  file.slice = () => {
    throw new DOMException('', 'NotReadableError');
  };
  const vms = pushable(running.stores, target);
  const push = running.stores.pushes.begin({ name: ENV, envName: ENV, vms, folder, tree: treeOfList([file]) });
  await ended(push);
  expect(push.rows.map(({ failure }) => [failure?.code, failure?.data['file']])).toEqual(
    vms.map(() => ['FILE_UNUSABLE', 'gone']),
  );
  running.stores.pushes.discard(push);
});

test('says why no files can go to a machine', async () => {
  const { stores } = running;
  const whyNot = (envName: string, vmId: string | null = null) =>
    pushAction(stores, { envName, vmId, folder: null }, translate).whyNot;
  const [stopped] = stores.vms.ofEnv('kernel-bisect');
  expect([whyNot(ENV), whyNot('kernel-bisect'), whyNot('kernel-bisect', stopped?.id), whyNot('none')]).toEqual([
    null,
    'notRunning',
    'notRunning',
    'noMachines',
  ]);
  const [first] = vmsOfEnv();
  if (!first) throw new Error('tiny has no machine');
  // Without the helper its guest agent passes them.
  stores.vms.items.put({ ...first, spec: { ...first.spec, guestHelper: 'off' } });
  expect(whyNot(ENV, first.id)).toBeNull();
  stores.vms.items.put({ ...first, state: 'stopped' });
  expect([whyNot(ENV, first.id), whyNot(ENV)]).toEqual(['notRunning', null]);
  expect(pushable(stores, target).map(({ id }) => id)).not.toContain(first.id);
  stores.vms.items.put(first);
});
