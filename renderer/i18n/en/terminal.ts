// Words of the page of a terminal.
export const terminal = {
  title: 'Terminal',
  screen: 'Screen of {{name}}',
  connecting: 'Connecting…',
  starting: 'Your machine is starting',
  startingHint: 'It appears here by itself.',
  stopped: 'Your machine is switched off',
  stoppedHint: 'It appears here again when somebody starts it.',
  noSession: 'No session for this seat yet',
  noSessionHint: 'Ask whoever runs {{lab}} to start one; it appears here by itself.',
  choose: 'What do you want to work with?',
  chooseHint: 'Everything you write is discarded at the end.',
  maintenance: '{{profile}} is being changed',
  maintenanceHint: 'It comes back when that is done.',
  refused: 'This terminal is not known here',
  refusedHint:
    'Type its secret, if it has one. Otherwise its name or address is not the right one, or its lab has terminals switched off.',
  secret: 'Secret of this terminal',
  useSecret: 'Connect',
  failed: 'No connection',
  again: 'It tries again by itself.',
  whoAmI: '{{terminal}} in {{lab}}',
} as const;
