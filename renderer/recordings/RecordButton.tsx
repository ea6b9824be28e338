// Records the screen of a console into a file, with or without the keys that are pressed here; how long and how large it is so far.
import { Circle, CircleStop } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { MenuButton } from '../components/Menu.tsx';
import type { ConsoleOf } from '../consoles/console-of.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { clockText } from '@tt/client/recordings';

const MIB = 1024 * 1024;

export const RecordButton = observer(function RecordButton({
  of,
  isConnected,
}: {
  of: ConsoleOf;
  isConnected: boolean;
}) {
  const { recordings } = useStores();
  const t = useWords();
  const format = useFormat();
  const { known, vmId } = of;
  const recorder = recordings.running.get(vmId);
  if (recorder) {
    const time = clockText(recorder.elapsedMs);
    const size = format.mebibytes(Math.ceil(recorder.byteCount / MIB));
    return (
      <Button
        kind="danger"
        icon={CircleStop}
        // Not as a busy button, which says that it is done: by then it is gone.
        whyNot={firstReason({ underway: recorder.state.kind === 'ending' })}
        onPress={() => void recordings.stop(vmId)}
      >
        {t('recordings.stop', { time, size })}
      </Button>
    );
  }
  const start = (withInput: boolean) => () => void (known && recordings.start(known, withInput));
  return (
    <MenuButton
      label={t('recordings.record')}
      icon={Circle}
      whyNot={firstReason({ noScreen: !isConnected || !known, full: recordings.isFull })}
      entries={[
        { id: 'screen', label: t('recordings.screen'), run: start(false) },
        { id: 'keys', label: t('recordings.screenAndKeys'), run: start(true) },
      ]}
    />
  );
});
