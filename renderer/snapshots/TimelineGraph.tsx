// The part of the timeline's drawing beside one row: lines that pass, the bend from its parent, the dot. The present is a ring.
import type { TimelineRow } from './timeline.ts';

const LANE = 12;
const DOT = 15;

export interface TimelineGraphProps {
  row: TimelineRow;
  lanes: number;
  /** Of the row, in px. */
  height: number;
  isCurrent: boolean;
}

export function TimelineGraph({ row, lanes, height, isCurrent }: TimelineGraphProps) {
  const { lane, from, through, continues, snapshot } = row;
  const x = (lane: number) => lane * LANE + 8;
  const parentPasses = from !== null && through.includes(from);
  return (
    <svg
      className="graph"
      width={lanes * LANE + 6}
      height={height}
      aria-hidden="true"
      data-safety={snapshot?.kind === 'safety'}
    >
      {through.map((passing) => (
        <path key={passing} d={`M${x(passing)} 0V${height}`} />
      ))}
      {from !== null && from === lane && <path d={`M${x(lane)} 0V${DOT}`} />}
      {from !== null && from !== lane && (
        <path
          d={`M${x(from)} 0C${x(from)} ${DOT} ${x(lane)} 2 ${x(lane)} ${DOT}${parentPasses ? `M${x(from)} 0V${height}` : ''}`}
        />
      )}
      {continues && <path d={`M${x(lane)} ${DOT}V${height}`} />}
      <circle
        cx={x(lane)}
        cy={DOT}
        r={snapshot === null ? 5 : 4}
        className="graph-dot"
        data-current={isCurrent || undefined}
        data-now={snapshot === null || undefined}
      />
    </svg>
  );
}
