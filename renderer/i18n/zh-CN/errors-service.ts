// 备份与系统服务的错误说明。The words for protocol/error-table-service.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhServiceErrors = {
  BACKUP_INVALID: {
    message: '{file} 不是可用的备份：{reason}。',
    fix: '未作任何更改。请重新复制它，或使用更早的备份。',
  },
  BACKUP_TOO_NEW: {
    message: '{file} 由更新版本的 TT（{madeBy}）生成。',
    fix: '未作任何更改。请安装该版本或更新的版本，然后再恢复。',
  },
  RESTORE_NOT_EMPTY: {
    message: '状态目录 {stateDirectory} 正在使用：其中已有用户创建的内容。',
    fix: '未作任何更改。请恢复到其他目录（“--home”），或先结束代理服务并移走此目录。',
  },
  TASK_NOT_FOUND: { message: '没有名为 {task} 的后台任务。', fix: '列出任务即可看到名称。' },
  TASK_NOT_BY_HAND: {
    message: '后台任务 {task} 不能手动运行。',
    fix: '请等待它下次运行：它按自己的时间运行，或会启动虚拟机、结束环境。',
  },
  INSTALL_NOT_ROOT: { message: '只有“root”才能安装此服务。', fix: '未作任何更改。请以“root”身份运行。' },
  INSTALL_NO_SYSTEMD: {
    message: '此主机没有运行“systemd”，无法安装此服务。',
    fix: '未作任何更改。可用“--dry-run”查看会写入的内容，并以此主机自己的方式启动“tt-agent run”。',
  },
  INSTALL_CONFLICT: {
    message: '{file} 不是由“tt-agent install”写入的。',
    fix: '未作任何更改。请移除它所属的软件包，或将它移走。',
  },
  INSTALL_NOT_BUILT: {
    message: '此“tt-agent”从源代码运行，只有构建好的才能安装。',
    fix: '未作任何更改。请先运行“npm run build”，再运行“npx tt-agent install”。',
  },
  INSTALL_START_FAILED: {
    message: '服务已安装，但未能启动：{reason}。',
    fix: '请查看“journalctl -u tt-agent”和“tt-agent doctor”，然后运行“systemctl restart tt-agent”。',
  },
} as const satisfies Record<string, ErrorWords>;
