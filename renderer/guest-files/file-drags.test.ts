// Files dropped where nothing takes them must not make the browser leave the page.
import { expect, it } from 'vitest';
import { keepPageOnDrops } from './file-drags.ts';

function drag(page: EventTarget, type: string, types: string[]) {
  const event = Object.assign(new Event(type, { cancelable: true }), { dataTransfer: { types, dropEffect: 'copy' } });
  page.dispatchEvent(event);
  return [event.defaultPrevented, event.dataTransfer.dropEffect];
}

it('refuses files, leaves all else to the browser, and ends', () => {
  const page = new EventTarget();
  const stop = keepPageOnDrops(page);
  expect(drag(page, 'dragover', ['Files'])).toEqual([true, 'none']);
  expect(drag(page, 'drop', ['Files'])).toEqual([true, 'none']);
  expect(drag(page, 'drop', ['text/plain'])).toEqual([false, 'copy']);
  stop();
  expect(drag(page, 'drop', ['Files'])).toEqual([false, 'copy']);
});
