// 资源的错误说明。The words for protocol/error-table-resources.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhResourcesErrors = {
  CPU_EXHAUSTED: {
    message: '处理器不足：总数 {total}（含超配），已用 {used}，请求 {wanted}。',
    fix: '请停止或删除一些虚拟机，或减少所需处理器。',
  },
  QUOTA_EXCEEDED: {
    message: '{user} 的配额不足：{resource} 总数 {total}，已用 {used}，请求 {wanted}。',
    fix: '请停止或删除不再需要的内容，或请管理员提高配额。',
  },
  LIMIT_REACHED: {
    message: '{user} 已达到上限（{limit}）：总数 {total}，已用 {used}，请求 {wanted}。',
    fix: '请删除或结束不再需要的内容，或请管理员在配置的“limits”中提高上限。',
  },
  MEMORY_EXHAUSTED: {
    message: '内存不足：共 {totalMiB} MiB，已用 {usedMiB} MiB，请求 {wantedMiB} MiB。',
    fix: '请停止或删除虚拟机，或减少所需内存。',
  },
  DISK_EXHAUSTED: {
    message: '磁盘不足：共 {totalMiB} MiB，已用 {usedMiB} MiB，请求 {wantedMiB} MiB。',
    fix: '请删除环境或快照，或减小磁盘。',
  },
  MEMORY_TOO_SMALL: {
    message: '{imageName} 至少需要 {minMiB} MiB 内存，而请求的是 {wantedMiB} MiB。',
    fix: '请分配更多内存。',
  },
  DISK_TOO_SMALL: {
    message: '{imageName} 的磁盘至少需要 {minMiB} MiB，而请求的是 {wantedMiB} MiB。',
    fix: '请分配更大的磁盘。',
  },
  DISK_CANNOT_SHRINK: {
    message: '{vmName} 的磁盘为 {currentMiB} MiB，不能缩小到 {wantedMiB} MiB。',
    fix: '请给出相同或更大的容量。',
  },
  DISK_COUNT_LIMIT: {
    message: '{vmName} 最多有 {max} 块磁盘，从 disk0 起。',
    fix: '请不填名称、删除不再需要的磁盘，或扩大某块磁盘。',
  },
  DISK_NOT_FOUND: {
    message: '{vmName} 没有磁盘 {diskName}。',
    fix: '现有磁盘：{disks}。',
  },
  DISK_NAME_TAKEN: {
    message: '{vmName} 已有名为 {diskName} 的磁盘。',
    fix: '请不填名称，或换一个名称。',
  },
  DISK_IS_BOOT: {
    message: '{vmName} 从 {diskName} 启动，因此不能取下或删除它。',
    fix: '请取下或删除其他磁盘；启动盘随虚拟机一起删除。',
  },
  DISK_ATTACHED: {
    message: '{diskName} 已连接到 {vmName}。',
    fix: '请先取下它。',
  },
  DISK_HELD: {
    message: '{vmName} 的 {diskName} 仍被以下快照使用：{snapshots}。',
    fix: '请先删除这些快照，或让磁盘保持取下状态。',
  },
  DISK_IN_USE: {
    message: '{vmName} 没有释放 {diskName}：{reason}。',
    fix: '请在客户机内卸载后重试，或先停止虚拟机。磁盘仍然连接着。',
  },
  DISK_FULL: {
    message: '此主机的磁盘已满：剩余 {freeMiB} MiB，{subject} 需要 {wantedMiB} MiB。',
    fix: '请腾出空间（删除快照或环境）后重试。',
  },
  HOST_PORT_TAKEN: {
    message:
      '{vmName} 无法启动：其他程序占用了 {hostAddress}:{hostPort}（{protocol}），该端口转发到它的端口 {guestPort}。',
    fix: '请结束该程序，或用“tt vm update {vmName} --new-ports”为虚拟机分配其他端口，然后再启动。',
  },
  PORTS_EXHAUSTED: {
    message: '{firstPort} 到 {lastPort} 之间没有空闲端口。',
    fix: '请删除不再使用的环境，或扩大端口范围。',
  },
} as const satisfies Record<string, ErrorWords>;
