// One capsule on its way to the agent: sent, checked and read there. A failed attempt is resumed, not started again.
import type { ReadableFile } from '@tt/client';
import type { TtError } from '@tt/protocol';
import { useEffect, useRef, useState } from 'react';
import type { CapsuleInside, CopyStore } from './copy-store.ts';

export interface Upload {
  file: ReadableFile | null;
  transferId: string;
  sent: { done: number; total: number } | null;
  inside: CapsuleInside | null;
  error: TtError | null;
  send(file: ReadableFile): void;
  giveUp(): void;
}

/** `opened`: sent at once. */
export function useUpload(copies: CopyStore, opened: ReadableFile | null): Upload {
  const [file, setFile] = useState<ReadableFile | null>(null);
  const [sent, setSent] = useState<Upload['sent']>(null);
  const [inside, setInside] = useState<Upload['inside']>(null);
  const [error, setError] = useState<TtError | null>(null);
  const [transferId, setTransferId] = useState('');
  const current = useRef<{ file: ReadableFile; transferId: string; abort: AbortController } | null>(null);

  const giveUp = () => {
    const left = current.current;
    current.current = null;
    setTransferId('');
    left?.abort.abort();
    if (left) void copies.drop(left.transferId);
  };
  const run = async (chosen: ReadableFile): Promise<void> => {
    const known = current.current?.file === chosen ? current.current.transferId : null;
    if (known === null) giveUp();
    const mine = { file: chosen, transferId: known ?? crypto.randomUUID(), abort: new AbortController() };
    current.current = mine;
    setTransferId(mine.transferId);
    setFile(chosen);
    setInside(null);
    setError(null);
    setSent({ done: 0, total: chosen.size });
    const { signal } = mine.abort;
    const onProgress = (done: number, total: number) => current.current === mine && setSent({ done, total });
    const outcome = await copies.send(chosen, mine.transferId, { signal, onProgress });
    if (current.current !== mine) return;
    if (!outcome.ok) return setError(outcome.error);
    const looked = await copies.inspect(mine.transferId);
    if (current.current !== mine) return;
    if (looked.ok) setInside(looked.value);
    else setError(looked.error);
  };
  const first = useRef(opened);
  useEffect(() => {
    const waiting = first.current;
    first.current = null;
    if (waiting) void run(waiting);
  });
  return { file, transferId, sent, inside, error, send: (chosen) => void run(chosen), giveUp };
}
