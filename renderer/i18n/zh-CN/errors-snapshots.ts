// 快照的错误说明。The words for protocol/error-table-snapshots.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhSnapshotsErrors = {
  SNAPSHOT_NAME_TAKEN: {
    message: '{envName} 已有名为 {snapshotName} 的快照。',
    fix: '请换一个名称，或先删除那个快照。',
  },
  SNAPSHOT_NOT_FOUND: {
    message: '{envName} 没有名为 {snapshotName} 的快照。',
    fix: '请查看该环境的快照列表。',
  },
  SNAPSHOT_VM_MISSING: {
    message: '快照 {snapshotName} 不含 {vmId}：拍摄时没有它，或该虚拟机已被删除。',
    fix: '请选择包含该虚拟机的快照。',
  },
  SNAPSHOT_EMPTY: { message: '{envName} 没有可拍快照的虚拟机。', fix: '请先添加虚拟机。' },
  SNAPSHOT_DAMAGED: {
    message: '快照 {snapshotName} 已损坏：{vmName} 缺少 {missing}。',
    fix: '请恢复该文件，或删除此快照；其他快照不受影响。',
  },
  THUMBNAIL_NOT_FOUND: {
    message: '快照 {snapshotName} 没有 {vmId} 的画面。',
    fix: '只有拍摄时正在运行的虚拟机才有画面。',
  },
  GUEST_CLOCK_NOT_SET: {
    message: '以下虚拟机的时钟仍停在快照 {snapshotName} 的时间：{vmNames}。虚拟机代理没有应答。',
    fix: '请在虚拟机内校准时钟，或等待其自动校时。',
  },
  SNAPSHOT_FAILED: {
    message: '快照 {snapshotName} 在 {vmName} 处失败：{reason}。',
    fix: '未保留任何内容。请重试；若仍然失败，请运行“npm run doctor”。',
  },
} as const satisfies Record<string, ErrorWords>;
