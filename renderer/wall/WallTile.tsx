// One screen of the wall: a picture a second, the live screen under the pointer, and what there is to know: its state, black, not
// changed for long, how much it differs, whether it gets what is typed.
import { Monitor } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { Checkbox } from 'react-aria-components';
import { CheckBoxMark } from '../components/CheckField.tsx';
import { vmMarks } from '../components/marks.ts';
import { StateMark } from '../components/StateMark.tsx';
import { Initials } from '../presence/Initials.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { hasPanicked, vmStateWord } from '../machines/vm-condition.ts';
import { watchWhileSeen } from '../machines/watch-while-seen.ts';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import type { Broadcast } from './broadcast.ts';
import { DifferenceTint } from './DifferenceTint.tsx';
import { LiveScreen } from './LiveScreen.tsx';
import type { WallScreens } from './wall-screens.ts';

/** How often a tile gets a new picture. */
const EVERY_MS = 1000;

export interface WallTileProps {
  vmId: string;
  broadcast: Broadcast;
  screens: WallScreens;
  isLive: boolean;
  /** The pointer or the focus came, or left. */
  onAttention: (isHere: boolean) => void;
}

export const WallTile = observer(function WallTile({ vmId, broadcast, screens, isLive, onAttention }: WallTileProps) {
  const { clock, link, thumbnails, vms } = useStores();
  const t = useWords();
  const format = useFormat();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => watchWhileSeen(frame.current, () => thumbnails.watch(vmId, EVERY_MS)), [thumbnails, vmId]);
  const known = vms.get(vmId);
  const shows = known?.state === 'running' || known?.state === 'paused';
  const picture = thumbnails.of(vmId);
  const isOfNow = shows && picture?.isOld !== true;
  useEffect(() => {
    if (picture && isOfNow) void screens.look(vmId, picture.url, Date.parse(picture.takenAt));
    else screens.forget(vmId);
  }, [screens, vmId, picture, isOfNow]);
  if (!known) return null;
  const vm = shortVmName(known.name);
  const isPanicked = hasPanicked(known);
  const trouble = known.state === 'running' && link.up ? screens.troubleOf(vmId, clock.now) : null;
  const difference = screens.differenceOf(vmId);
  const line = broadcast.stateOf(vmId);
  const notes = [
    known.state === 'running' && !known.stopping ? null : vmStateWord(known, t),
    isPanicked ? t('machines.panicked') : null,
    trouble && trouble.kind === 'black' ? t('wall.black') : null,
    trouble && trouble.kind === 'unchanged' ? t('wall.unchanged', { time: format.time(trouble.since) }) : null,
    screens.reference === vmId ? t('wall.reference') : null,
    picture && !isOfNow ? t('consoles.lastPicture', { time: format.time(picture.takenAt) }) : null,
    difference && t('wall.differs', { percent: format.number(Math.round(difference.share * 1000) / 10) }),
    line === 'taken' ? t('common.whyNot.keyboardTaken') : null,
    line !== null && line !== 'ready' && line !== 'taken' ? t('wall.getsNothing') : null,
  ].filter((note) => note !== null);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div
      ref={frame}
      role="group"
      aria-label={vm}
      className="wall-tile"
      data-trouble={known.state === 'failed' || isPanicked ? 'failed' : trouble?.kind}
      data-types={line ?? undefined}
      data-reference={screens.reference === vmId || undefined}
      onPointerEnter={() => onAttention(true)}
      onPointerLeave={() => onAttention(false)}
      onFocus={() => onAttention(true)}
      onBlur={() => onAttention(false)}
    >
      <a
        className="wall-screen"
        href={formatRoute({ page: 'console', envName: known.envName, vmId })}
        // One click is for looking and choosing; Enter and a double click open the console.
        onClick={(event) => {
          if (event.detail === 1) event.preventDefault();
        }}
        aria-label={[t('wall.screenOf', { vm }), ...notes].join(', ')}
      >
        {picture ? (
          <img src={picture.url} alt="" draggable={false} data-last={!isOfNow || undefined} />
        ) : (
          <Monitor aria-hidden className="console-picture" />
        )}
        {isLive && shows && link.up && <LiveScreen vmId={vmId} label={t('wall.screenOf', { vm })} />}
        {difference && <DifferenceTint mask={difference.mask} />}
      </a>
      <div className="wall-foot">
        <Checkbox
          className="check wall-choice"
          aria-label={t('wall.typeOn', { vm })}
          isSelected={broadcast.isChosen(vmId)}
          onChange={(isIn) => broadcast.choose(vmId, isIn)}
        >
          {({ isSelected }) => <CheckBoxMark isSelected={isSelected} />}
        </Checkbox>
        <StateMark mark={isPanicked ? 'failed' : vmMarks[known.state]} />
        <span className="mono ellipsis">{vm}</span>
        <Initials vm={known} />
        <span className="wall-notes ellipsis">{notes.join(' · ')}</span>
      </div>
    </div>
  );
});
