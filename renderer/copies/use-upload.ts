// One capsule on its way to the agent: sent, checked and read there. A failed attempt is resumed, not started again.
import type { TtError } from '@tt/protocol';
import { useRef, useState } from 'react';
import type { CapsuleInside, CopyStore } from './copy-store.ts';

export interface Upload {
  file: File | null;
  transferId: string;
  sent: { done: number; total: number } | null;
  inside: CapsuleInside | null;
  error: TtError | null;
  send(file: File): void;
  giveUp(): void;
}

export function useUpload(copies: CopyStore): Upload {
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<Upload['sent']>(null);
  const [inside, setInside] = useState<Upload['inside']>(null);
  const [error, setError] = useState<TtError | null>(null);
  const [transferId, setTransferId] = useState('');
  const current = useRef<{ file: File; transferId: string; abort: AbortController } | null>(null);

  const giveUp = () => {
    const left = current.current;
    current.current = null;
    setTransferId('');
    left?.abort.abort();
    if (left) void copies.drop(left.transferId);
  };
  const run = async (chosen: File): Promise<void> => {
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
  return { file, transferId, sent, inside, error, send: (chosen) => void run(chosen), giveUp };
}
