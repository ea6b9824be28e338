// What is held, as it follows the pointer: its name, and of a snapshot what was on the screen.
import type { Stores } from '../state/stores.ts';
import type { Held, Verb } from './drag-grammar.ts';
import { picturedVm } from './snapshot-pictures.ts';

export function DragChip({ name, picture }: { name: string; picture: string | undefined }) {
  return (
    <div className="drag-chip" data-pictured={picture !== undefined || undefined}>
      {picture !== undefined && <img src={picture} alt="" draggable={false} />}
      <span>{name}</span>
    </div>
  );
}

/** The picture of what is held as far as it has been seen; over a machine, that of the machine. */
export function heldPicture(
  { pictures }: Pick<Stores, 'pictures'>,
  held: Held | null,
  verb: Verb | null = null,
): string | undefined {
  if (held?.kind !== 'snapshot') return undefined;
  const vmId = picturedVm(held.snapshot, verb?.do === 'revertVm' ? verb.vmId : null);
  return vmId === null ? undefined : pictures.of(held.snapshot, vmId);
}
