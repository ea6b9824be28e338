// While something is held: a label beside the pointer names the verb and shows the picture that will be there; the same words are announced
// for the keyboard's way.
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { heldVm } from './DragChip.tsx';
import { SnapshotPicture } from './SnapshotPicture.tsx';
import { heldWords, verbWords } from './verb-words.ts';

export const DragHint = observer(function DragHint() {
  const { drag, view } = useStores();
  const t = useWords();
  const format = useFormat();
  const label = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = (event: DragEvent) => {
      const element = label.current;
      if (!element) return;
      const right = event.clientX > window.innerWidth - 320;
      const x = right ? event.clientX - element.offsetWidth - 14 : event.clientX + 16;
      // At the foot of the window it stands above the pointer.
      const below = event.clientY + 18;
      const y = below + element.offsetHeight > window.innerHeight ? event.clientY - element.offsetHeight - 14 : below;
      element.style.transform = `translate(${x}px, ${y}px)`;
      element.dataset['following'] = 'true';
    };
    // Captured, as react-aria keeps the event to itself once a target has it.
    document.addEventListener('dragover', follow, { capture: true });
    return () => document.removeEventListener('dragover', follow, { capture: true });
  }, []);
  const { held, hoveredVerb } = drag;
  const vmId = hoveredVerb ? heldVm(held, hoveredVerb) : null;
  // The page of images knows no machines that files could be pushed to.
  const isForImages = hoveredVerb?.do === 'importImages' && view.route.page === 'images';
  const heldText = held ? heldWords(held, t) : '';
  const verbText = hoveredVerb ? verbWords(hoveredVerb, t, format) : heldText;
  const text = isForImages ? t('images.imports.dropHere') : verbText;
  return (
    <>
      {held && (
        <div ref={label} className="drag-hint" data-verb={hoveredVerb?.do} aria-hidden="true">
          {held.kind === 'snapshot' && vmId !== null && (
            <SnapshotPicture snapshot={held.snapshot} vmId={vmId} size="large" />
          )}
          {text}
        </div>
      )}
      <div className="visually-hidden" role="status" data-live-announcer="true">
        {text}
      </div>
    </>
  );
});
