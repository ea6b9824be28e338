// A recording that is sent to be in a capsule.

export interface AttachedFile {
  fileName: string;
  content: Blob;
}
