// 在客户机中运行命令的错误。See errors.ts.
import type { ErrorWords } from '../words.ts';

export const zhRunsErrors = {
  RUN_NOT_FOUND: {
    message: '不存在运行记录 {runId}。',
    fix: '请查看运行列表；运行记录会随其环境一起删除，也会在数天后删除。',
  },
  RUN_NO_VM_RUNS: {
    message: '{envName} 中所选的虚拟机都未在运行。',
    fix: '请启动该环境，或选择正在运行的虚拟机。',
  },
  RUN_LIMIT: {
    message: '已有 {most} 次运行同时进行，达到上限。',
    fix: '请等其中一次结束，或取消一次。',
  },
  RUN_SCRIPT_UNUSABLE: {
    message: '无法运行该脚本：{reason}。',
    fix: '更大的脚本请作为文件传送到客户机中，再在那里运行。脚本须为“UTF-8”文本。',
  },
  RUN_GUEST_UNREACHABLE: {
    message: '无法让 {vmName} 的客户机运行该命令：{reason}。',
    fix: '请等它启动完毕（“--wait”），或在其中安装 guest agent。',
  },
  RUN_SSH_UNREACHABLE: {
    message: '无法通过 SSH 让 {vmName} 的客户机运行该命令：{reason}。',
    fix: '请等它启动完毕（“--wait”），并检查其 SSH 服务器、22 端口和初始化时创建的用户。',
  },
  RUN_NOT_OVER_SSH: {
    message: '该命令无法通过 SSH 在 {vmName} 上运行：{reason}。',
    fix: '没有运行任何命令。请去掉 SSH 不支持的部分，或不使用“--use-ssh”。',
  },
  RUN_COMMAND_REFUSED: {
    message: '{vmName} 的客户机无法启动该命令：{reason}。',
    fix: '请检查该客户机中的程序、用户和目录。',
  },
  RUN_VM_ENDED: { message: '命令在 {vmName} 上如何结束不得而知：{reason}。', fix: '请重新运行。' },
  RUN_END_UNCONFIRMED: {
    message: '{vmName} 的客户机尚未确认命令已被终止。',
    fix: '客户机一有应答，命令就会被终止。',
  },
  RUN_AGENT_ENDED: {
    message: '命令在 {vmName} 上运行时，代理服务结束了。',
    fix: '客户机中的命令已被终止。请重新运行。',
  },
  MATRIX_SERVICE_ABSENT: {
    message: '等待 {timeLimitS} 秒后，{vmName} 上的服务仍未就绪：{service}。',
    fix: '请查看该客户机中的服务为何没有启动，或在矩阵文件中提高该服务的时间上限。',
  },
} as const satisfies Record<string, ErrorWords>;
