// Below the files of a guest, always in the same place: how many there are and are selected, or how far a download is.
import type { Vm } from '@tt/protocol';
import { Download, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Progress } from '../components/Progress.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { FolderEntry } from './guest-folder.ts';

export interface FilesFootProps {
  vm: Vm;
  entries: readonly FolderEntry[];
  chosen: readonly FolderEntry[];
  onGet: () => void;
}

export const FilesFoot = observer(function FilesFoot({ vm, entries, chosen, onGet }: FilesFootProps) {
  const { fetches, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const { current, isCancelling } = fetches;
  const mine = current?.vmId === vm.id ? current : null;
  const gettable = chosen.filter(({ kind }) => kind === 'file' || kind === 'folder');
  const size = chosen.reduce((sum, { kind, sizeBytes }) => sum + (kind === 'file' ? sizeBytes : 0), 0);
  const count = entries.length;
  const words =
    chosen.length === 0
      ? t('guestFiles.count', { count })
      : t('guestFiles.selected', { selected: chosen.length, count, size: format.bytes(size) });
  return (
    <footer className="files-foot">
      {mine ? (
        <>
          <span className="muted number" role="status">
            {mine.total === null
              ? t('guestFiles.listing')
              : t('guestFiles.getting', { done: format.bytes(mine.done), total: format.bytes(mine.total) })}
          </span>
          <Progress
            label={t('guestFiles.get')}
            value={mine.total === null ? null : { done: mine.done, total: Math.max(1, mine.total) }}
          />
          <Button
            kind="quiet"
            size="small"
            icon={X}
            label={t('guestFiles.stopGet')}
            whyNot={firstReason({ busy: isCancelling })}
            onPress={fetches.cancel}
          />
        </>
      ) : (
        <span className="muted number" role="status">
          {words}
        </span>
      )}
      <span className="spacer" />
      <Button
        icon={Download}
        whyNot={firstReason({
          notRunning: vm.state !== 'running',
          noneChosen: gettable.length === 0,
          busy: current !== null,
          linkDown: !link.up,
        })}
        onPress={onGet}
      >
        {t('guestFiles.get')}
      </Button>
    </footer>
  );
});
