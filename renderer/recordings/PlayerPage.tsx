// Plays a recorded screen: from a file of this computer, of which nothing is sent anywhere, or one that an ENV was imported with, which is
// read from the agent as it is played.
import { FolderOpen, Film } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import '../consoles/consoles.css';
import { Playback } from './playback.ts';
import { PlayerControls } from './PlayerControls.tsx';
import { RecordingError, RecordingReader } from '@tt/client/recordings';
import { type EnvRecording, RECORDING_END, type TtClient } from '@tt/protocol';
import { PlayerScreen } from './PlayerScreen.tsx';
import { recordingOfEnv } from './recording-of-env.ts';
import './recordings.css';

export interface PlayerPageProps {
  /** null: a file is chosen. */
  of: { envName: string; recordingId: string } | null;
}

export const PlayerPage = observer(function PlayerPage({ of }: PlayerPageProps) {
  const { bridge, envs } = useStores();
  const t = useWords();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [refused, setRefused] = useState<RecordingError['why'] | null>(null);
  useEffect(() => () => playback?.close(), [playback]);
  const { envName = '', recordingId = '' } = of ?? {};
  const known = envs.get(envName)?.recordings;
  const isKnown = known?.some(({ id }) => id === recordingId) ?? false;

  const show = useCallback(async (opening: Promise<Playback>) => {
    try {
      const next = await opening;
      setRefused(null);
      setPlayback(next);
      await next.showFirst();
    } catch (error) {
      setPlayback(null);
      setRefused(error instanceof RecordingError ? error.why : 'broken');
    }
  }, []);
  const open = async (file: File | undefined) => {
    if (file) await show(ofFile(file));
  };
  useEffect(() => {
    // Once it is known; its record never changes.
    const recording = isKnown ? envs.get(envName)?.recordings?.find(({ id }) => id === recordingId) : undefined;
    if (recording) void show(ofEnv(bridge.client, envName, recording));
  }, [bridge, envs, envName, recordingId, isKnown, show]);
  const { vmName = '', startedAt = '' } = playback?.reader.about ?? {};
  const failure = playback?.failure?.why ?? refused;
  return (
    <section
      className="player-page"
      aria-labelledby="player-title"
      // Recordings are for this page; what is dropped beside it is for the window, which takes images.
      onDragEnter={(event) => event.stopPropagation()}
      onDragOver={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
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
          <p>{t(of && !isKnown ? 'recordings.goneHint' : 'recordings.noneHint')}</p>
        </EmptyState>
      )}
    </section>
  );
});

async function ofFile(file: File): Promise<Playback> {
  const reader = await RecordingReader.open(file);
  return new Playback(reader, await reader.survey());
}

/** Its length is known; to look for what happened in it would be to fetch all of it. */
async function ofEnv(client: TtClient, envName: string, recording: EnvRecording): Promise<Playback> {
  const reader = await RecordingReader.open(recordingOfEnv(client, envName, recording));
  return new Playback(reader, { lengthMs: recording.lengthMs, marks: [] });
}
