// How high the rows of a timeline are, in px: the drawing beside them must be as high.
import { picturedVm } from './snapshot-pictures.ts';
import type { TimelineNode } from './timeline.ts';

const TEXT = 44;
const SAFETY = 28;
/** As `.snapshot-picture[data-size="large"]` in shelf.css, with its gap. */
const PICTURE = 112;

export function rowHeight({ snapshot }: Pick<TimelineNode, 'snapshot'>, vmId: string | null): number {
  if (snapshot === null) return TEXT;
  if (snapshot.kind === 'safety') return SAFETY;
  return picturedVm(snapshot, vmId) === null ? TEXT : TEXT + PICTURE;
}
