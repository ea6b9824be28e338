// Plays a recorded screen from a file of this computer. Nothing of it is sent anywhere.
import { FolderOpen, Film } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import '../consoles/consoles.css';
import { Playback } from './playback.ts';
import { PlayerControls } from './PlayerControls.tsx';
import { RecordingError } from './recording-format.ts';
import { RecordingReader } from './recording-reader.ts';
import { PlayerScreen } from './PlayerScreen.tsx';
import './recordings.css';
import { RECORDING_END } from './sinks.ts';

export const PlayerPage = observer(function PlayerPage() {
  const t = useWords();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [refused, setRefused] = useState<RecordingError['why'] | null>(null);
  useEffect(() => () => playback?.close(), [playback]);

  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      const reader = await RecordingReader.open(file);
      const next = new Playback(reader, await reader.survey());
      setRefused(null);
      setPlayback(next);
      await next.seek(0);
    } catch (error) {
      setPlayback(null);
      setRefused(error instanceof RecordingError ? error.why : 'broken');
    }
  };
  const { vmName = '', startedAt = '' } = playback?.reader.about ?? {};
  const failure = playback?.failure?.why ?? refused;
  return (
    <section
      className="player-page"
      aria-labelledby="player-title"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void open(event.dataTransfer.files[0]);
      }}
    >
      <header className="player-head">
        <h1 id="player-title" className="page-title">
          {t('recordings.player')}
        </h1>
        {playback && (
          <p className="muted">
            <span className="mono">{vmName}</span> · {format.dateTime(new Date(startedAt))}
          </p>
        )}
        <input
          ref={input}
          type="file"
          accept={RECORDING_END}
          hidden
          aria-label={t('recordings.choose')}
          onChange={(event) => {
            void open(event.target.files?.[0]);
            // The same file can be chosen again.
            event.target.value = '';
          }}
        />
        <Button icon={FolderOpen} onPress={() => input.current?.click()}>
          {t('recordings.choose')}
        </Button>
      </header>
      {failure && (
        <p role="alert" className="player-failure">
          {t(`recordings.refused.${failure}`)}
        </p>
      )}
      {playback ? (
        <>
          <PlayerScreen playback={playback} />
          <PlayerControls playback={playback} />
        </>
      ) : (
        <EmptyState icon={Film} title={t('recordings.none')}>
          <p>{t('recordings.noneHint')}</p>
        </EmptyState>
      )}
    </section>
  );
});
