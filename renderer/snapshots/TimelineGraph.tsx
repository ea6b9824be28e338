// The part of the timeline's drawing beside one row: lines that pass, the bend from its parent, the dot.
import type { TimelineRow } from './timeline.ts';

const LANE = 12;
const DOT = 15;

export function TimelineGraph({ row, lanes, isNow }: { row: TimelineRow; lanes: number; isNow: boolean }) {
  const { lane, from, through, continues, snapshot } = row;
  const height = snapshot.kind === 'safety' ? 28 : 44;
  const x = (lane: number) => lane * LANE + 8;
  const parentPasses = from !== null && through.includes(from);
  return (
    <svg
      className="graph"
      width={lanes * LANE + 6}
      height={height}
      aria-hidden="true"
      data-safety={snapshot.kind === 'safety'}
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
      <circle cx={x(lane)} cy={DOT} r={isNow ? 5 : 4} className="graph-dot" data-now={isNow || undefined} />
    </svg>
  );
}
