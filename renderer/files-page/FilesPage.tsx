// Files of one guest: a folder of it as a list, with its path above and what is selected below. The address has the path, so that
// the browser's way back leads through the folders.
import type { Vm } from '@tt/protocol';
import { toErrorRecord } from '@tt/protocol';
import { FolderOpen } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { EnvGone } from '../env/EnvGone.tsx';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { FileList } from './FileList.tsx';
import { FilesFoot } from './FilesFoot.tsx';
import { FilesHead } from './FilesHead.tsx';
import { isFocusFree } from './focus-free.ts';
import { type FolderEntry, GuestFolder, parentOf } from './guest-folder.ts';
import { visibleName } from '../guest-files/visible-name.ts';
import './files-page.css';

export const FilesPage = observer(function FilesPage({ vmId, path }: { vmId: string; path: string }) {
  const { vms, view, link } = useStores();
  const vm = vms.get(vmId);
  /** Whoever goes from folder to folder has the focus in each of them; the first does not take it from anything. */
  const [hasMoved, setHasMoved] = useState(false);
  const envName = view.route.page === 'files' ? view.route.envName : '';
  if (!vm) return link.state === 'connecting' ? null : <EnvGone envName={envName} />;
  return <Folder key={path} vm={vm} path={path} wantsFocus={hasMoved} onMove={() => setHasMoved(true)} />;
});

interface FolderProps {
  vm: Vm;
  path: string;
  wantsFocus: boolean;
  onMove: () => void;
}

const Folder = observer(function Folder({ vm, path, wantsFocus, onMove }: FolderProps) {
  const { bridge, view, fetches, pushes, drag } = useStores();
  const t = useWords();
  const { id: vmId, name: vmName, envName } = vm;
  const folder = useMemo(() => new GuestFolder({ id: vmId, name: vmName }, path, bridge), [bridge, vmId, vmName, path]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { generation } = pushes;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it says when to read again
  useEffect(() => {
    void folder.read();
    return () => folder.stop();
  }, [folder, generation]);
  const name = shortVmName(vmName);
  const target = { kind: 'guestFolder', vmId, vmName: name, envName, folder: path } as const;
  const ref = useRef<HTMLElement>(null);
  const { dropProps, isDropTarget } = useGrammarTarget(target, ref);
  const goTo = (next: string) => {
    onMove();
    view.go({ page: 'files', envName, vmId, path: next });
  };
  const entries = folder.sorted;
  const hasNoList = entries.length === 0 && !folder.isReading;
  useEffect(() => {
    if (wantsFocus && hasNoList && isFocusFree()) ref.current?.focus();
  }, [wantsFocus, hasNoList]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Backspace' && path !== '/') {
      event.preventDefault();
      goTo(parentOf(path));
    }
    // Letters look for names here, and are no keys of the window.
    if (/^[\p{L}\p{N}]$/u.test(event.key)) event.stopPropagation();
  };
  const chosen = entries.filter((entry) => selected.has(entry.path));
  const get = (wanted: readonly FolderEntry[]) => void fetches.get(vm, wanted);
  const open = (entry: FolderEntry) => {
    if (entry.kind === 'folder') goTo(entry.path);
    else if (entry.kind === 'file') get([entry]);
  };
  return (
    <section className="page files-page" aria-label={t('guestFiles.of', { vm: name })}>
      <FilesHead vm={vm} folder={folder} onPath={goTo} />
      <section
        {...dropProps}
        ref={ref}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        aria-label={t('guestFiles.list', { path: visibleName(path) })}
        className="files-drop"
        data-drop-target={isDropTarget || undefined}
        data-valid-target={drag.verbFor(target) !== null || undefined}
      >
        {folder.failure && <ErrorNotice title={t('guestFiles.notRead')} error={toErrorRecord(folder.failure)} />}
        {!folder.entries && !folder.failure && <Spinner />}
        {folder.entries?.length === 0 && !folder.failure && (
          <EmptyState icon={FolderOpen} title={t('guestFiles.empty')}>
            <p className="muted">{t('guestFiles.emptyText')}</p>
          </EmptyState>
        )}
        {entries.length > 0 && (
          <FileList
            folder={folder}
            entries={entries}
            selected={selected}
            onSelect={setSelected}
            onOpen={open}
            wantsFocus={wantsFocus}
          />
        )}
      </section>
      <FilesFoot vm={vm} entries={entries} chosen={chosen} onGet={() => get(chosen)} />
    </section>
  );
});
