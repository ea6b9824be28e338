// A push as it goes: the bytes to the agent, then each guest; what failed, to be tried again without sending anything again.
import { observer } from 'mobx-react-lite';
import { OctagonX, RotateCw } from 'lucide-react';
import { CheckField } from '../components/CheckField.tsx';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { Progress } from '../components/Progress.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { Push } from './push.ts';
import { PushVmRow } from './PushVmRow.tsx';
import { visibleName } from './visible-name.ts';
import './guest-files.css';

const ROW_HEIGHT = 33;

export const PushProgress = observer(function PushProgress({ id }: { id: string }) {
  const { pushes } = useStores();
  const push = pushes.get(id);
  return push ? <Shown key={id} push={push} /> : null;
});

const Shown = observer(function Shown({ push }: { push: Push }) {
  const { pushes, view, link } = useStores();
  const t = useWords();
  const [overwrites, setOverwrites] = useState(false);
  const { phase, rows, failed, conflicts, isCancelling } = push;
  const isOver = phase === 'ended';
  const close = () => {
    view.close();
    pushes.discard(push);
  };
  const again = () => {
    pushes.retry(
      push,
      failed.map(({ vmId }) => vmId),
      { overwrites },
    );
    setOverwrites(false);
  };
  return (
    <Dialog
      title={t('guestFiles.pushTo', { name: push.name })}
      width="normal"
      onClose={close}
      foot={
        <CloseFoot
          onClose={close}
          label={t(isOver ? 'common.close' : 'guestFiles.goOnBehind')}
          aside={
            isOver ? (
              failed.length > 0 && (
                <Button icon={RotateCw} whyNot={link.whyNot} onPress={again}>
                  {t('guestFiles.again', { count: failed.length })}
                </Button>
              )
            ) : (
              <Button icon={OctagonX} whyNot={firstReason({ busy: isCancelling })} onPress={push.cancel}>
                {t('guestFiles.stop')}
              </Button>
            )
          }
        />
      }
    >
      <Sum push={push} />
      <Rows
        items={rows}
        keyOf={({ vmId }) => vmId}
        height={ROW_HEIGHT}
        className="rows push-rows"
        label={t('guestFiles.guests')}
      >
        {(vm, place) => <PushVmRow key={vm.vmId} vm={vm} totalBytes={push.totalBytes} place={place} />}
      </Rows>
      {isOver && conflicts.length > 0 && (
        <CheckField
          label={t('guestFiles.replace')}
          hint={t('guestFiles.replaceHint', { count: conflicts.length })}
          value={overwrites}
          onChange={setOverwrites}
        />
      )}
    </Dialog>
  );
});

/** Its place is the same from the first byte to the end. */
const Sum = observer(function Sum({ push }: { push: Push }) {
  const t = useWords();
  const format = useFormat();
  const { phase, sent, rows, failed, totalBytes, fileCount, folder } = push;
  const done = rows.filter(({ state }) => state === 'done').length;
  const doneBytes = rows.reduce((sum, vm) => sum + vm.doneBytes, 0);
  const words = {
    sending: t('guestFiles.sending', { done: format.bytes(sent.done), total: format.bytes(sent.total) }),
    putting: t('guestFiles.putting', { done, total: rows.length }),
    ended: t(failed.length > 0 ? 'guestFiles.endedPartly' : 'guestFiles.ended', { done, total: rows.length }),
  }[phase];
  const far = {
    sending: { done: sent.done, total: sent.total },
    putting: { done: doneBytes, total: totalBytes * rows.length },
    ended: { done: 1, total: 1 },
  }[phase];
  return (
    <div className="push-sum">
      <p>
        <span className="number">
          {t('guestFiles.whatWhere', { count: fileCount, size: format.bytes(totalBytes) })}
        </span>{' '}
        <span className="mono">{visibleName(folder)}</span>
      </p>
      <Progress label={words} value={far} />
      <span className="muted number" role="status">
        {words}
      </span>
    </div>
  );
});
