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

/** The picture of what is held, if it has been seen: what follows the pointer can't wait for one. */
export function heldPicture({ pictures }: Pick<Stores, 'pictures'>, held: Held | null): string | undefined {
  const vmId = heldVm(held, null);
  return held?.kind === 'snapshot' && vmId !== null ? pictures.of(held.snapshot, vmId) : undefined;
}

/** The machine whose picture stands for what is held: over a machine, that one. Null: there is none. */
export function heldVm(held: Held | null, verb: Verb | null): string | null {
  if (held?.kind !== 'snapshot') return null;
  return picturedVm(held.snapshot, verb?.do === 'revertVm' ? verb.vmId : null);
}
