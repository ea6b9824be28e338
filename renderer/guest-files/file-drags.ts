// Files that are dragged into the page from outside: what can take them lights up, and dropped anywhere else they do nothing. Without
// this a browser would leave the page for the file.
import { useEffect } from 'react';
import { useStores } from '../state/stores-context.ts';

/** Keeps the page; the answer ends that. What takes files itself (a drop zone) keeps the events from coming here. */
export function keepPageOnDrops(page: EventTarget = window): () => void {
  const refuse = (event: Event) => {
    const { dataTransfer } = event as DragEvent;
    if (!hasFiles(dataTransfer) || event.defaultPrevented) return;
    event.preventDefault();
    if (dataTransfer) dataTransfer.dropEffect = 'none';
  };
  page.addEventListener('dragover', refuse);
  page.addEventListener('drop', refuse);
  return () => {
    page.removeEventListener('dragover', refuse);
    page.removeEventListener('drop', refuse);
  };
}

/** While files are over the window they are held, as what is dragged within it is. */
export function useFileDrags(): void {
  const { drag, view, link } = useStores();
  useEffect(() => {
    const letGo = () => {
      if (drag.held?.kind === 'files') drag.letGo();
    };
    // Captured: before what is dragged over asks whether it may take them.
    const enter = ({ dataTransfer }: DragEvent) => {
      // A dialog has drop zones of its own, and what is below it can't be reached.
      if (drag.held === null && hasFiles(dataTransfer) && view.dialog === null && link.up) drag.take({ kind: 'files' });
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) letGo();
    };
    // After what they were dropped on has asked what it means.
    const drop = () => void setTimeout(letGo, 0);
    const captured = { capture: true };
    document.addEventListener('dragenter', enter, captured);
    document.addEventListener('dragleave', leave, captured);
    document.addEventListener('drop', drop, captured);
    return () => {
      document.removeEventListener('dragenter', enter, captured);
      document.removeEventListener('dragleave', leave, captured);
      document.removeEventListener('drop', drop, captured);
      letGo();
    };
  }, [drag, view, link]);
}

function hasFiles(dataTransfer: DataTransfer | null): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
