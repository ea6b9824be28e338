// Before the first test: the desktop and the window are built from the sources of now.
import path from 'node:path';
import { buildIfStale } from '../tools/start/build-if-stale.ts';

export default async function globalSetup(): Promise<void> {
  await buildIfStale(path.resolve(import.meta.dirname, '..'));
}
