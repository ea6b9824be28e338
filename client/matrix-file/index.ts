// Compatibility checks as files.
export { readMatrixFile } from './read-matrix-file.ts';
