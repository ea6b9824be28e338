// What the agent says of an image on its own that was brought in or published without a description, in both languages. It is made of what the
// manifest says the image was built from, so the manifest needs no field for it that earlier agents would refuse.
import type { ImageManifest } from './manifest.ts';

/** Where an image came from. `title`: what an appliance calls its machine. */
export type ImageSource =
  | { kind: 'import'; from: string; title: string | null }
  | { kind: 'publish'; vmName: string; snapshotName: string | null };

/** For the manifest. */
export function madeMemo(source: ImageSource): string {
  if (source.kind === 'publish') return `Published from ${publishedFrom(source)}.`;
  return source.title ? `${source.title}, from ${source.from}` : `From ${source.from}`;
}

/** What a published image was built from, as the manifest has it. */
export function publishedFrom({ vmName, snapshotName }: Extract<ImageSource, { kind: 'publish' }>): string {
  return snapshotName === null ? vmName : `${vmName} at ${snapshotName}`;
}

/** The same in other languages; undefined where somebody said it in words of their own. */
export function madeMemos(manifest: Pick<ImageManifest, 'memo' | 'builtFrom'>): Record<string, string> | undefined {
  const source = sourceOf(manifest);
  return source ? { 'zh-CN': inChinese(source) } : undefined;
}

function inChinese(source: ImageSource): string {
  if (source.kind === 'publish') {
    const { vmName, snapshotName } = source;
    return snapshotName === null ? `由 ${vmName} 发布` : `由 ${vmName} 的快照 ${snapshotName} 发布`;
  }
  return source.title ? `${source.title}，来自 ${source.from}` : `来自 ${source.from}`;
}

/** null: the memo is not what would be made of it. */
function sourceOf({ memo, builtFrom: [from] }: Pick<ImageManifest, 'memo' | 'builtFrom'>): ImageSource | null {
  if (from === undefined) return null;
  const end = `, from ${from}`;
  const [, vmName = from, snapshotName = null] = /^(\S+) at (\S+)$/.exec(from) ?? [];
  const sources: ImageSource[] = [
    { kind: 'import', from, title: null },
    { kind: 'import', from, title: memo.endsWith(end) ? memo.slice(0, -end.length) : null },
    { kind: 'publish', vmName, snapshotName },
  ];
  return sources.find((source) => madeMemo(source) === memo) ?? null;
}
