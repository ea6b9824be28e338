// Which recordings go into a capsule: those the ENV was imported with, those this window made of it, and files that were added; with or
// without the keys in them.
import { lookAtRecording, RecordingError, withoutKeys } from '@tt/client/recordings';
import { type RecordingFacts, RECORDINGS_MAX } from '@tt/protocol';
import { useState } from 'react';
import { useStores } from '../state/stores-context.ts';
import type { AttachedFile, AttachedRecordings } from './attached-file.ts';

/** A recording that can be attached. */
export interface Attachable {
  /** Of this page, or of the host where that has it. */
  id: string;
  fileName: string;
  facts: RecordingFacts;
  /** Null: the host has it, as the ENV was imported with it. */
  file: (() => Promise<Blob>) | null;
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
  files: () => Promise<AttachedRecordings>;
}

/** To be called in an observer. */
export function useRecordingChoice(envName: string): RecordingChoice {
  const { recordings, envs } = useStores();
  const [added, setAdded] = useState<readonly Attachable[]>([]);
  const [chosenIds, setChosen] = useState<readonly string[]>([]);
  const [refused, setRefused] = useState<RecordingChoice['refused']>(null);
  // Whoever forgets about it gives no password away.
  const [leavesOutKeys, leaveOutKeys] = useState(true);
  const kept = (envs.get(envName)?.recordings ?? []).map(({ id, name, ...facts }) => ({
    id,
    fileName: name,
    facts,
    file: null,
  }));
  const all: readonly Attachable[] = [...kept, ...recordings.made.filter((made) => made.envName === envName), ...added];
  const chosen = all.filter(({ id }) => chosenIds.includes(id));
  const isFull = chosen.length >= RECORDINGS_MAX;
  const add = async (file: File) => {
    try {
      const id = crypto.randomUUID();
      const one = { id, fileName: file.name, facts: await lookAtRecording(file), file: async () => file };
      setRefused(null);
      setAdded((before) => [...before, one]);
      setChosen((before) => (before.length < RECORDINGS_MAX ? [...before, id] : before));
    } catch (error) {
      setRefused({ fileName: file.name, why: error instanceof RecordingError ? error.why : 'broken' });
    }
  };
  return {
    all,
    isChosen: ({ id }) => chosenIds.includes(id),
    isFull,
    choose: ({ id }, on) =>
      setChosen((before) =>
        on ? [...before.filter((other) => other !== id), id] : before.filter((other) => other !== id),
      ),
    add,
    refused,
    haveKeys: chosen.some(({ facts }) => facts.hasKeys),
    leavesOutKeys,
    leaveOutKeys,
    files: async () => ({
      sent: await Promise.all(
        chosen.flatMap(({ file, ...one }) => (file ? [attached({ ...one, file }, leavesOutKeys)] : [])),
      ),
      kept: chosen.flatMap(({ id, file }) => (file ? [] : [{ recordingId: id, withoutKeys: leavesOutKeys }])),
    }),
  };
}

/** The keys are left out here: what is sent has none. Of what the host has, the host leaves them out. */
async function attached(
  { fileName, facts, file }: Attachable & { file: () => Promise<Blob> },
  leavesOutKeys: boolean,
): Promise<AttachedFile> {
  const whole = await file();
  if (!leavesOutKeys || !facts.hasKeys) return { fileName, content: whole };
  const pieces: Blob[] = [];
  // A blob for each piece: the browser can move what it holds to its disk.
  for await (const piece of withoutKeys(whole)) pieces.push(new Blob([piece]));
  return { fileName, content: new Blob(pieces) };
}
