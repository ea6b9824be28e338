// 镜像页的文字。
export const images = {
  title: '镜像',
  filter: '筛选镜像',
  filterHint: 'tiny，或 cent, ubuntu2004',
  empty: '没有镜像',
  emptyText: '此代理服务没有任何镜像或构建配方。',
  build: '构建',
  buildAgain: '重新构建',
  buildOf: '构建 {{image}}',
  buildAgainOf: '重新构建：{{image}}',
  noMatch: '没有与“{{query}}”匹配的镜像。',
  packages_one: '由 {{count}} 个软件包构建',
  packages_other: '由 {{count}} 个软件包构建',
  login: '登录 {{user}}',
  loginEmpty: '空密码',
  minimum: '至少 {{memory}} 内存',
  columns: { name: '镜像', state: '状态', size: '大小', needs: '需要', features: '特性', login: '登录' },
} as const;
