// Waits for changes other processes make to a state folder: an agent starts, ends, or returns at another address.
import { type FSWatcher, watch } from 'node:fs';

/** Calls `onChange` when agent.json in the folder is written or removed, until disposed. The folder must exist. */
export function watchAgentFile(home: string, onChange: () => void): () => void {
  const watcher: FSWatcher = watch(home, (_event, name) => {
    // Some systems do not say which file; then it may have been this one.
    if (name === null || name === 'agent.json') onChange();
  });
  // The folder may be removed under us; then there is nothing more to see.
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
