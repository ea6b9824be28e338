// What may stand in the address of a page, which anybody can make a link of, and in its storage, which an older window may have
// written: each leads to a view, and settings that make no sense are the defaults. And what a guest lists of a folder.
// @module-tag deep
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzz, fuzzing, mutated, mutatedJson } from '../agent/testing/fuzz.ts';
import { type Block, readMarkdown, safeLink } from './components/markdown/read-markdown.ts';
import { entriesOf } from './files-page/guest-folder.ts';
import { languages } from './i18n/language.ts';
import { MOST_PANES, MOST_TABS, panesOf, readLayout, tabsOf } from './panes/pane-layout.ts';
import {
  encodeHead,
  encodeJson,
  encodeRecord,
  RecordingError,
  RecordingReader,
  recordType,
} from '@tt/client/recordings';
import { SettingsStore, shelfChoices } from './settings/settings-store.ts';
import { envTabs, formatRoute, parseRoute, terminalIn, terminalPage } from './state/route.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '#',
    '/',
    '#/',
    'envs',
    'console',
    'files',
    '%2Fsrv',
    'terminal',
    'constructor',
    '__proto__',
    '%',
    '%2f',
    '%ff',
    '..',
    '\u202e',
    ...envTabs,
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const hash = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));

it('addresses of views', fuzzing, async () => {
  await fuzz(hash, (text) => {
    const route = parseRoute(text);
    // What is shown can be linked to again, as the same.
    expect(parseRoute(formatRoute(route))).toEqual(route);
    const terminal = terminalIn(text);
    const { labName = '', terminalName = '' } = terminal ?? {};
    if (labName !== '') expect(terminalIn(terminalPage(labName, terminalName))).toEqual({ labName, terminalName });
  });
});

it('files of recorded screens', fuzzing, async () => {
  const about = { vmName: 'demo/a', vmId: 'vm-1', startedAt: '2026-11-21T10:00:00.000Z', hasInput: true };
  const sample = Buffer.concat([
    encodeHead(about),
    encodeRecord(recordType.begin, 0, new Uint8Array()),
    encodeRecord(recordType.screen, 1, new Uint8Array(40)),
    encodeRecord(recordType.input, 2, encodeJson({ code: 'KeyA', down: true })),
    encodeRecord(recordType.mark, 3, encodeJson({ kind: 'reverted', snapshot: 'clean' })),
    encodeRecord(recordType.end, 4, encodeJson({ reason: 'stopped' })),
  ]);
  await fuzz(mutated(sample, ['TTREC', '{"kind":"lost"}']), async (bytes) => {
    try {
      const reader = await RecordingReader.open(new Blob([Uint8Array.from(bytes)]));
      let lastMs = 0;
      for await (const { atMs } of reader.records()) {
        expect(atMs).toBeGreaterThanOrEqual(lastMs);
        lastMs = atMs;
      }
      await reader.survey();
    } catch (error) {
      expect(error).toBeInstanceOf(RecordingError);
    }
  });
});

it('lists of folders in guests', fuzzing, async () => {
  const part = fc.oneof(fc.constantFrom('/', '/srv', '/srv/', '..', '.', '\0', '\u202e'), fc.string({ maxLength: 3 }));
  const listed = fc.array(
    fc.array(part, { maxLength: 4 }).map((parts) => {
      const modifiedAt = '2026-11-21T10:00:00.000Z';
      return { kind: 'file' as const, path: parts.join(''), sizeBytes: 1, mode: 0o644, modifiedAt };
    }),
    { maxLength: 3 },
  );
  await fuzz(listed, (entries) => {
    let names: string[];
    try {
      names = entriesOf('demo/a', '/srv', entries).map(({ name }) => name);
    } catch (error) {
      expect(error).toMatchObject({ code: 'GUEST_LIST_INVALID' });
      return;
    }
    expect(names.map((name) => `/srv/${name}`)).toEqual(entries.map(({ path }) => path));
    for (const name of names) expect(name).toMatch(/^(?!\.{1,2}$)[^/\0]+$/);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('kept settings', fuzzing, async () => {
  const views = { boardView: 'table', machineView: 'table', tileSize: 'S' };
  const sample = JSON.stringify({ language: 'zh-CN', theme: 'dark', ...views, shelf: 'closed' });
  const kept = fc.oneof(mutated(Buffer.from(sample), ['null', '[]', '"__proto__":']).map(String), fc.json());
  await fuzz(kept, (text) => {
    const settings = new SettingsStore({ getItem: () => text, setItem: () => {} }, ['en']);
    expect([null, ...languages]).toContain(settings.chosenLanguage);
    expect(['system', 'light', 'dark']).toContain(settings.theme);
    expect(['cards', 'table']).toContain(settings.boardView);
    expect(['tiles', 'table']).toContain(settings.machineView);
    expect(['S', 'M', 'L']).toContain(settings.tileSize);
    expect(shelfChoices).toContain(settings.shelf);
  });
});

it('layouts of consoles', fuzzing, async () => {
  const pane = (...vmIds: string[]) => ({
    tabs: vmIds.map((vmId) => ({ vmId, envName: 'demo', tab: 'screen' })),
    shown: 'a/screen',
  });
  /** Panes and splits are numbered anew. */
  const withoutIds = (root: object) =>
    JSON.stringify(root, (key, value: unknown) => (key === 'id' ? undefined : value));
  const sample = {
    direction: 'row',
    share: 0.4,
    first: pane('a', 'b'),
    second: { first: pane('c'), second: pane('d') },
  };
  await fuzz(mutatedJson(sample), (kept) => {
    const layout = readLayout(kept);
    const panes = panesOf(layout.root);
    const tabs = tabsOf(layout).map(({ id }) => id);
    expect(panes.length).toBeLessThanOrEqual(MOST_PANES);
    expect(tabs.length).toBeLessThanOrEqual(MOST_TABS);
    expect(new Set(tabs).size).toBe(tabs.length);
    expect(panes.some(({ id }) => id === layout.active)).toBe(true);
    expect(panes.every((one) => one.tabs.length > 0 || panes.length === 1)).toBe(true);
    // What is read can be kept and read again, as the same.
    const again = readLayout(JSON.parse(JSON.stringify(layout.root)));
    expect(withoutIds(again.root)).toBe(withoutIds(layout.root));
  });
});

it('notes of others', fuzzing, async () => {
  const mark = fc.oneof(
    fc.constantFrom(
      '>',
      '- ',
      '1. ',
      '*',
      '**',
      '_',
      '~~',
      '`',
      '```',
      '[',
      ']',
      '(',
      ')',
      '![',
      '|',
      '\n',
      '\n\n',
      '    ',
      '#',
      '---',
    ),
    fc.constantFrom(
      '<script>',
      '<img src=x onerror=a>',
      'javascript:alert(1)',
      'https://example.invalid',
      '[x]: ',
      '&lt;',
      '\\',
      '\0',
    ),
    fc.string({ maxLength: 4 }),
  );
  const parts = fc.array(fc.tuple(mark, fc.integer({ min: 1, max: 400 })), { maxLength: 12 });
  const notes = parts.map((made) =>
    made
      .map(([text, times]) => text.repeat(times))
      .join('')
      .slice(0, 20_000),
  );
  await fuzz(notes, (text) => {
    for (const href of linksIn(readMarkdown(text))) expect(safeLink(href)).toBe(href);
  });
});

function linksIn(blocks: readonly Block[]): string[] {
  const links: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'href') links.push(String(value));
    return value;
  });
  return links;
}
