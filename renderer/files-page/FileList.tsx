// What is in a folder of a guest: arrows move, letters find names, Enter or double-click opens a folder or gets a file. Long ones are
// drawn in part.
import { modeText } from '@tt/client';
import { Cable, File, Folder, Link } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Button as AriaButton, GridList, GridListItem, ListLayout } from 'react-aria-components';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { isFocusFree } from './focus-free.ts';
import type { FolderColumn, FolderEntry, GuestFolder } from './guest-folder.ts';
import { useGrammarOfList } from '../snapshots/use-grammar.tsx';
import { shortVmName } from '../state/vm-name.ts';
import { visibleName } from '../guest-files/visible-name.ts';

/** As `.file` in guest-files.css. */
const ROWS = { rowSize: 28 };
const icons = { file: File, folder: Folder, link: Link, other: Cable } as const;

export interface FileListProps {
  folder: GuestFolder;
  /** Those of the folder, as they are sorted. */
  entries: readonly FolderEntry[];
  selected: ReadonlySet<string>;
  onSelect: (paths: ReadonlySet<string>) => void;
  onOpen: (entry: FolderEntry) => void;
  /** Takes the focus as soon as it is there, unless somebody has moved it on meanwhile. */
  wantsFocus: boolean;
}

export const FileList = observer(function FileList(props: FileListProps) {
  const { folder, entries, selected, onSelect, onOpen, wantsFocus } = props;
  const { vms } = useStores();
  const t = useWords();
  const isLong = useIsLong(entries.length);
  const [takesFocus] = useState(() => wantsFocus && isFocusFree());
  const find = (key: string | number) => entries.find(({ path }) => path === key);
  const targetAt = (path: string) => {
    const { id: vmId, name } = folder.vm;
    const envName = vms.get(vmId)?.envName ?? '';
    return { kind: 'guestFolder', vmId, vmName: shortVmName(name), envName, folder: path } as const;
  };
  const dragAndDropHooks = useGrammarOfList({
    targetOf: (key) => (find(key)?.kind === 'folder' ? targetAt(String(key)) : null),
    root: targetAt(folder.path),
  });
  return (
    <div className="files">
      <div className="file-columns">
        <SortButton folder={folder} column="name" />
        <SortButton folder={folder} column="size" />
        <span className="muted">{t('guestFiles.columns.mode')}</span>
        <span className="muted">{t('guestFiles.columns.owner')}</span>
        <SortButton folder={folder} column="modified" />
      </div>
      <LongCollection isLong={isLong} layout={ListLayout} layoutOptions={ROWS}>
        <GridList
          className="file-rows"
          autoFocus={takesFocus && 'first'}
          data-long={isLong || undefined}
          aria-label={t('guestFiles.list', { path: visibleName(folder.path) })}
          items={entries}
          selectionMode="multiple"
          selectionBehavior="replace"
          selectedKeys={selected}
          onSelectionChange={(keys) =>
            onSelect(keys === 'all' ? new Set(entries.map(({ path }) => path)) : new Set([...keys].map(String)))
          }
          onAction={(key) => {
            const entry = find(key);
            if (entry) onOpen(entry);
          }}
          dragAndDropHooks={dragAndDropHooks}
        >
          {(entry) => (
            <GridListItem id={entry.path} textValue={visibleName(entry.name)} className="file" data-kind={entry.kind}>
              <FileRow entry={entry} />
            </GridListItem>
          )}
        </GridList>
      </LongCollection>
    </div>
  );
});

function FileRow({ entry }: { entry: FolderEntry }) {
  const t = useWords();
  const format = useFormat();
  const { kind, name, sizeBytes, mode, modifiedAt, owner = '' } = entry;
  const Icon = icons[kind];
  return (
    <>
      <span className="file-name">
        <Icon aria-hidden className="icon" />
        <span className="visually-hidden">{t(`guestFiles.kinds.${kind}`)} </span>
        {/* A name decides for itself which way it runs, and not how the columns beside it do. */}
        <bdi className="mono ellipsis" title={visibleName(name)}>
          {visibleName(name)}
        </bdi>
      </span>
      <span className="file-size number">{kind === 'file' ? format.bytes(sizeBytes) : ''}</span>
      <span className="mono muted" title={mode.toString(8).padStart(4, '0')}>
        {modeText(mode)}
      </span>
      <bdi className="muted ellipsis" title={visibleName(owner)}>
        {visibleName(owner)}
      </bdi>
      <span className="number muted">{format.dateTime(modifiedAt)}</span>
    </>
  );
}

const SortButton = observer(function SortButton({ folder, column }: { folder: GuestFolder; column: FolderColumn }) {
  const t = useWords();
  const { sort } = folder;
  const name = t(`guestFiles.columns.${column}`);
  const arrow = sort.column === column ? (sort.descending ? ' ↓' : ' ↑') : '';
  return (
    <AriaButton
      className="file-sort"
      data-column={column}
      aria-label={t('guestFiles.sortBy', { column: name })}
      aria-pressed={sort.column === column}
      onPress={() => folder.sortBy(column)}
    >
      {name}
      <span aria-hidden="true">{arrow}</span>
    </AriaButton>
  );
});
