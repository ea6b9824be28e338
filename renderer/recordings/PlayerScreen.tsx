// The screen of a recording: a noVNC that is only looked at, a new one for each recorded connection; and the keys that were pressed.
import { observer } from 'mobx-react-lite';
import { useCallback, useMemo } from 'react';
import { VncView } from '../consoles/VncView.tsx';
import type { VncScreen } from '../consoles/vnc-screen.ts';
import { useWords } from '../i18n/index.ts';
import type { Playback } from './playback.ts';

const nothing = () => {};

export const PlayerScreen = observer(function PlayerScreen({ playback }: { playback: Playback }) {
  const t = useWords();
  const { channel, keys, reader } = playback;
  const source = useMemo(() => ({ channel, screenShown: nothing }), [channel]);
  const onScreen = useCallback((screen: VncScreen | null) => {
    screen?.setView('fit');
    screen?.setViewOnly(true);
  }, []);
  return (
    <div className="console-stage player-stage" data-shows="screen" data-phase="connected" inert>
      <VncView
        session={source}
        label={t('recordings.screenOf', { vm: reader.about.vmName })}
        onScreen={onScreen}
        onKeys={nothing}
      />
      {keys.length > 0 && (
        <p className="player-keys mono" aria-hidden="true">
          {keys.join(' ')}
        </p>
      )}
    </div>
  );
});
