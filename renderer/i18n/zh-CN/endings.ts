// 生命周期结束的文字：到期前的提醒、到期后的处理、已到期的环境。
export const endings = {
  warnings: '即将到期的环境',
  /** 接在环境名称之后，供屏幕阅读器使用：与 `after` 连用。 */
  endsAt: '将于 {{time}} 到期。',
  /** 显示在环境名称下方，随时间倒数：会发生什么，何时发生。 */
  endsIn: {
    delete: '{{left}}后删除（{{time}}）',
    stop: '{{left}}后停止（{{time}}）',
    snapshotThenStop: '{{left}}后停止（{{time}}）',
    snapshotThenDelete: '{{left}}后删除（{{time}}）',
  },
  after: {
    delete: '到期后将被删除。',
    stop: '到期后将被停止。',
    snapshotThenStop: '到期后将先拍快照，再停止。',
    snapshotThenDelete: '到期后将先拍快照，再删除，并在回收站中保留一段时间。',
  },
  keep: '保留…',
  keepLong: '保留 {{env}}：更改其生命周期',
  putOff: '5 分钟后再提醒 {{env}}',
  dismiss: '收起关于 {{env}} 的提醒',
  addHourToAll: '{{count}} 个都延长 1 小时',
  dismissAll: '全部收起',
  policy: '到期时',
  policies: { delete: '删除', stop: '停止', snapshotThenStop: '拍快照后停止', snapshotThenDelete: '拍快照后删除' },
  policyHints: {
    delete: '虚拟机、磁盘和快照一并删除。',
    stop: '保留磁盘和端口；延长后可再次启动。',
    snapshotThenStop: '同“停止”，并在快照架上留下最后的状态。',
    snapshotThenDelete: '最后的状态在回收站中保留一段时间；主机没有回收站时只停止。',
  },
  expired: '已到期',
  expiredButton: '已到期（{{time}}）。更改生命周期',
  expiredAt: '已于 {{time}} 到期并停止。请先延长，再启动。',
  extend: '延长',
  extendLong: '将 {{env}} 从现在起延长 1 小时',
  extended: '{{env}} 已延长',
  changeLifetime: '更改生命周期',
  overrideLimit: '自定义生命周期（管理员）',
  overrideLimitHint: '管理员可以设定任意生命周期。',
  hours: '生命周期（小时）',
} as const;
