// The present state as the last node of a timeline: what it came from. Held, it is the ENV: dropped on the shelf it is snapshotted.
import type { Snapshot } from '@tt/protocol';
import { GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { rowHeight } from './row-height.ts';
import { TimelineGraph } from './TimelineGraph.tsx';
import type { TimelineRow } from './timeline.ts';

export interface NowRowProps {
  row: TimelineRow;
  lanes: number;
  envName: string;
  /** undefined: from no snapshot. */
  from: Snapshot | undefined;
}

export const NowRow = observer(function NowRow({ row, lanes, envName, from }: NowRowProps) {
  const t = useWords();
  return (
    <>
      <TimelineGraph row={row} lanes={lanes} height={rowHeight(row, null)} isCurrent={false} />
      <div className="snapshot-text">
        <div className="snapshot-name">{t('snapshots.now')}</div>
        <div className="snapshot-facts muted">
          <span className="ellipsis">
            {from ? t('snapshots.nowFrom', { snapshot: from.name }) : t('snapshots.nowFromNone')}
          </span>
        </div>
      </div>
      <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name: envName })}>
        <GripVertical aria-hidden className="icon" />
      </AriaButton>
    </>
  );
});
