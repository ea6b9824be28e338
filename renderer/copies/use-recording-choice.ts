// Which recordings go into a capsule: those this window made of the ENV, and files that were added; with or without the keys in them.
import { lookAtRecording, RecordingError, withoutKeys } from '@tt/client/recordings';
import { type RecordingFacts, RECORDINGS_MAX } from '@tt/protocol';
import { useState } from 'react';
import { useStores } from '../state/stores-context.ts';
import type { AttachedFile } from './attached-file.ts';

/** A recording that can be attached. */
export interface Attachable {
  /** Of this page. */
  id: string;
  fileName: string;
  facts: RecordingFacts;
  file: () => Promise<Blob>;
}

export interface RecordingChoice {
  all: readonly Attachable[];
  isChosen: (one: Attachable) => boolean;
  /** No more fit. */
  isFull: boolean;
  choose: (one: Attachable, on: boolean) => void;
  /** Adds a file of this computer, chosen; or says what is wrong with it. */
  add: (file: File) => Promise<void>;
  refused: { fileName: string; why: RecordingError['why'] } | null;
  /** Of those that are chosen, some have keys. */
  haveKeys: boolean;
  leavesOutKeys: boolean;
  leaveOutKeys: (on: boolean) => void;
  /** What is chosen. Rejects when a file is not there any more. */
  files: () => Promise<AttachedFile[]>;
}

/** To be called in an observer. */
export function useRecordingChoice(envName: string): RecordingChoice {
  const { recordings } = useStores();
  const [added, setAdded] = useState<readonly Attachable[]>([]);
  const [chosen, setChosen] = useState<readonly Attachable[]>([]);
  const [refused, setRefused] = useState<RecordingChoice['refused']>(null);
  // Whoever forgets about it gives no password away.
  const [leavesOutKeys, leaveOutKeys] = useState(true);
  const all = [...recordings.made.filter((made) => made.envName === envName), ...added];
  const isFull = chosen.length >= RECORDINGS_MAX;
  const add = async (file: File) => {
    try {
      const id = crypto.randomUUID();
      const one = { id, fileName: file.name, facts: await lookAtRecording(file), file: async () => file };
      setRefused(null);
      setAdded((before) => [...before, one]);
      setChosen((before) => (before.length < RECORDINGS_MAX ? [...before, one] : before));
    } catch (error) {
      setRefused({ fileName: file.name, why: error instanceof RecordingError ? error.why : 'broken' });
    }
  };
  return {
    all,
    isChosen: (one) => chosen.includes(one),
    isFull,
    choose: (one, on) =>
      setChosen((before) =>
        on ? [...before.filter((other) => other !== one), one] : before.filter((other) => other !== one),
      ),
    add,
    refused,
    haveKeys: chosen.some(({ facts }) => facts.hasKeys),
    leavesOutKeys,
    leaveOutKeys,
    files: () => Promise.all(chosen.map((one) => attached(one, leavesOutKeys))),
  };
}

/** The keys are left out here: what is sent has none. */
async function attached({ fileName, facts, file }: Attachable, leavesOutKeys: boolean): Promise<AttachedFile> {
  const whole = await file();
  if (!leavesOutKeys || !facts.hasKeys) return { fileName, content: whole };
  const pieces: Blob[] = [];
  // A blob for each piece: the browser can move what it holds to its disk.
  for await (const piece of withoutKeys(whole)) pieces.push(new Blob([piece]));
  return { fileName, content: new Blob(pieces) };
}
