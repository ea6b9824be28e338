// Recordings that are to be in a capsule.

/** One that is sent. */
export interface AttachedFile {
  fileName: string;
  content: Blob;
}

export interface AttachedRecordings {
  sent: readonly AttachedFile[];
  /** Those the ENV was imported with: the host has them. */
  kept: readonly { recordingId: string; withoutKeys: boolean }[];
}
