// Play, pause, where it is, how fast, and without its pauses.
import { Pause, Play } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Choice } from '../components/Choice.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { useWords } from '../i18n/index.ts';
import { clockText } from '@tt/client/recordings';
import { type Playback, speeds } from './playback.ts';

export const PlayerControls = observer(function PlayerControls({ playback }: { playback: Playback }) {
  const t = useWords();
  const { state, atMs, lengthMs, marks, speed, skipIdle } = playback;
  const isPlaying = state === 'playing';
  return (
    <div className="player-controls">
      <Toolbar label={t('recordings.controls')}>
        <Button
          icon={isPlaying ? Pause : Play}
          label={t(isPlaying ? 'recordings.pause' : 'recordings.play')}
          onPress={() => (isPlaying ? playback.pause() : void playback.play())}
        />
        <Choice
          label={t('recordings.speed')}
          value={String(speed)}
          options={speeds.map((one) => ({ value: String(one), label: `${one}×` }))}
          onChange={(value) => playback.setSpeed(Number(value))}
        />
      </Toolbar>
      <input
        type="range"
        className="player-time"
        aria-label={t('recordings.time')}
        aria-valuetext={clockText(atMs)}
        min={0}
        max={lengthMs}
        step={100}
        value={atMs}
        list="player-marks"
        onChange={(event) => void playback.seek(Number(event.target.value))}
      />
      <datalist id="player-marks">
        {marks.map(({ atMs: at, mark }) => (
          <option key={`${at} ${mark.kind}`} value={at} />
        ))}
      </datalist>
      <span className="number">
        {clockText(atMs)} / {clockText(lengthMs)}
      </span>
      <CheckField label={t('recordings.skipIdle')} value={skipIdle} onChange={(on) => playback.setSkipIdle(on)} />
    </div>
  );
});
