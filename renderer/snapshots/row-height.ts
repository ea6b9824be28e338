// How high the rows of a timeline are, in px: the drawing beside them must be as high.
import { picturedVm } from './snapshot-pictures.ts';
import type { TimelineNode } from './timeline.ts';

const TEXT = 44;
const SAFETY = 28;
/** As `.snapshot-picture[data-size="large"]` in shelf.css, with its gap. */
const PICTURE = 112;

/** `isNamed`: its name is a field now, which needs the second line of text too. */
export function rowHeight({ snapshot }: Pick<TimelineNode, 'snapshot'>, vmId: string | null, isNamed = false): number {
  if (snapshot === null) return TEXT;
  if (snapshot.kind === 'safety') return isNamed ? TEXT : SAFETY;
  return picturedVm(snapshot, vmId) === null ? TEXT : TEXT + PICTURE;
}
