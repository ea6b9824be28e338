// 每个错误代码的中文说明与处理办法。Every code of protocol/errors.ts: a missing one is a type error.
import type { ErrorCode } from '@tt/protocol';
import type { ErrorWords } from '../words.ts';
import { zhBinErrors } from './errors-bin.ts';
import { zhBordersErrors } from './errors-borders.ts';
import { zhConnectionsErrors } from './errors-connections.ts';
import { zhFilesErrors } from './errors-files.ts';
import { zhGuestFilesErrors } from './errors-guest-files.ts';
import { zhLabsErrors } from './errors-labs.ts';
import { zhTeamErrors } from './errors-teams.ts';
import { zhTemplateErrors } from './errors-templates.ts';
import { zhLoginErrors } from './errors-logins.ts';
import { zhPeopleErrors } from './errors-people.ts';
import { zhResourcesErrors } from './errors-resources.ts';
import { zhRunsErrors } from './errors-runs.ts';
import { zhServiceErrors } from './errors-service.ts';
import { zhShellsErrors } from './errors-shells.ts';
import { zhSnapshotsErrors } from './errors-snapshots.ts';

export const zhErrors: Record<ErrorCode, ErrorWords> = {
  ...zhBinErrors,
  ...zhBordersErrors,
  ...zhConnectionsErrors,
  ...zhFilesErrors,
  ...zhGuestFilesErrors,
  ...zhLabsErrors,
  ...zhTemplateErrors,
  ...zhLoginErrors,
  ...zhPeopleErrors,
  ...zhTeamErrors,
  ...zhResourcesErrors,
  ...zhRunsErrors,
  ...zhServiceErrors,
  ...zhShellsErrors,
  ...zhSnapshotsErrors,
  NAME_INVALID: {
    message: '“{name}”不是有效的名称。',
    fix: '请使用字母、数字、“_”、“.”和“-”，以字母或数字开头，最多 63 个字符。',
  },
  ENV_NAME_TAKEN: { message: '已有名为 {envName} 的环境。', fix: '请换一个名称，或先删除那个环境。' },
  ENV_NOT_FOUND: { message: '没有名为 {envName} 的环境。', fix: '请查看环境列表中的名称。' },
  ENV_BUSY: { message: '{envName} 正忙：{operation}。', fix: '请等它完成，或取消它。' },
  LIFETIME_TOO_LONG: {
    message: '生命周期 {wantedS} 秒超过上限 {maxS} 秒。',
    fix: '请选择更短的生命周期；只有管理员才能超过上限（“--override-limit”）。',
  },
  ENV_EXPIRED: { message: '{envName} 已于 {endAt} 到期。', fix: '请先延长其生命周期，再启动。' },
  ENV_NOT_YOURS: { message: '{envName} 属于 {owner}。', fix: '请联系 {owner} 或管理员。' },
  NOT_ALLOWED: { message: '{user} 无权执行此操作：{what}。', fix: '请联系管理员。' },
  NETWORK_UNAVAILABLE: {
    message: '此主机没有 {kind} 网络：{reason}。',
    fix: '请选择其他网络，或请管理员在主机上运行“tt-agent doctor”。',
  },
  ADDRESSES_EXHAUSTED: {
    message: '{pool} 中已没有可用地址。',
    fix: '请删除不再使用的环境，或在代理服务配置中扩大地址池。',
  },
  DESTINATION_INVALID: {
    message: '“{destination}”不是 IPv4 地址或 CIDR。',
    fix: '请写成 192.0.2.1 或 198.51.100.0/24。',
  },
  NETWORK_FAILED: {
    message: '无法准备 {subject} 的网络：{reason}。',
    fix: '请在主机上运行“tt-agent doctor”；详情见其日志。',
  },
  FIREWALL_FAILED: {
    message: '防火墙拒绝了对 {subject} 的更改：{reason}。',
    fix: '未作任何更改。请在主机上运行“tt-agent doctor”。',
  },
  VM_NOT_FOUND: { message: '没有虚拟机 {vmId}。', fix: '它可能已被删除；请重新查看环境。' },
  SYSTEM_NOT_IN_ENV: {
    message: '{envName} 中没有系统名以 {osPrefix} 开头的虚拟机。',
    fix: '请查看该环境，了解其虚拟机的系统。',
  },
  VM_NOT_RUNNING: { message: '{vmName} 未在运行，当前状态为 {state}。', fix: '请先启动它。' },
  GUEST_HEALTH_UNKNOWN: {
    message: '无法得知 {vmName} 的客户机状况：{reason}。',
    fix: '请等它启动完毕，并确认其中运行着客户机助手或 guest agent。',
  },
  SSH_IMPOSSIBLE: {
    message: '无法通过 SSH 访问 {vmName}：{reason}。',
    fix: '请使用“npx tt console {vmName}”，或创建带有初始设置且网卡可达的虚拟机。',
  },
  SSH_HOST_KEY_UNKNOWN: {
    message: '{vmName} 的 SSH 主机密钥未知，应答的可能并不是它。',
    fix: '请在其中安装 QEMU 的 guest agent，TT 通过它获知密钥；或重新创建该虚拟机，由 TT 为它提供密钥。',
  },
  SSH_HOST_KEY_WRONG: {
    message: '应答一方的 SSH 主机密钥与 {vmName} 的不符。未向对方发送任何内容。',
    fix: '如果客户机中的密钥已更换，请启动其 guest agent 后重试；否则请查明是什么在该地址应答。',
  },
  SSH_PROGRAM_MISSING: {
    message: '此计算机上没有程序 {program}。',
    fix: '请安装 OpenSSH 客户端：Debian 和 Ubuntu 上是软件包“openssh-client”，Fedora 上是“openssh-clients”，Windows 上是可选功能“OpenSSH 客户端”。',
  },
  VM_ALREADY_RUNNING: { message: '{vmName} 已在运行。', fix: '无需操作；若要重新开始，请先停止它。' },
  VM_MUST_BE_STOPPED: { message: '{vmName} 正在运行：现在不能更改{change}。', fix: '请先停止，再重新启动。' },
  VM_DISK_MISSING: {
    message: '{vmName} 的磁盘不在此主机上。',
    fix: '请将磁盘放入状态目录并重新启动代理服务，或删除该虚拟机。',
  },
  VM_START_FAILED: {
    message: '{vmName} 未能启动：{reason}。',
    fix: '请看下面的日志末尾；并在主机上运行“npm run doctor”。',
  },
  VM_DIED: {
    message: '{vmName} 意外停止：{reason}。',
    fix: '请重新启动它，或把快照拖到它上面。下面是其日志末尾。',
  },
  VM_MEMORY_LIMIT: {
    message: '{vmName} 被内核终止：其 cgroup 已达到 {limitMiB} MiB 的内存上限。',
    fix: '请增加其内存后重新启动。若状态目录位于内存（tmpfs）中，其磁盘和快照也计入内存：请把 TT_HOME 设为磁盘上的目录。',
  },
  VM_RESTARTED_WITHOUT_KVM: {
    message: '{vmName} 已重新启动，改以仿真（TCG）方式运行：{reason}。',
    fix: '其内存中的内容已丢失。若其他虚拟机也停滞，请在主机上运行“npm run doctor”。',
  },
  SETUP_FAILED: {
    message: '{vmName} 的初始化失败（退出码 {exitCode}），命令是“{command}”。',
    fix: '请更正该命令并重新创建虚拟机。下面是其输出。',
  },
  VM_CONTROL_FAILED: {
    message: '对 {vmName} 的命令失败：{reason}。',
    fix: '请重试；若仍然失败，请停止后再启动该虚拟机。',
  },
  KEYBOARD_NOT_READ: {
    message: '{vmName} 没有读取键盘输入；已输入 {typed} 个字符。',
    fix: '请等系统启动后，再输入其余内容。',
  },
  KEYBOARD_TAKEN: {
    message: '{vmName} 的键盘现由 {user} 使用。',
    fix: '请向 {user} 借用，或直接接管：在控制台中操作，或运行“tt vm keyboard {vmName} --take”。',
  },
  KEYBOARD_NOT_WATCHED: {
    message: '{user} 没有打开 {vmName} 的控制台。',
    fix: '请把键盘借给已打开控制台的人。',
  },
  VM_PAUSED_DISK_FULL: {
    message: '{vmName} 无法继续运行：{reason}。',
    fix: '请在主机上腾出空间（删除快照或环境），虚拟机随后会自动恢复。请不要停止它，否则尚未写入的内容会丢失。',
  },
  ENGINE_MISSING: {
    message: '引擎 {engine} 在此主机上无法使用：{reason}。',
    fix: '请在主机上运行“npm run doctor”，它会说明需要安装什么。',
  },
  ENGINE_UNKNOWN: {
    message: '此处没有名为“{engine}”的引擎；已知的引擎有 {known}。',
    fix: '请让镜像名称以此主机已知的引擎开头，例如“qemu:debian-12:default”，或选择其他主机。',
  },
  OPERATION_NOT_FOUND: { message: '没有操作 {operationId}。', fix: '它可能太旧：结果只保留一小时。' },
  OPERATION_CANCELLED: { message: '已取消：{operation}。', fix: '没有残留。需要时可重新开始。' },
  OPERATION_NOT_CANCELLABLE: { message: '已无法取消：{operation}。', fix: '请等它结束。' },
};
