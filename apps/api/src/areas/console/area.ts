// Consoles of machines, shown by console proxies.
import { area } from '../../kernel/area.ts';
import { ConsoleSession } from './console-session.entity.ts';
import { consoleReconciler } from './console.reconciler.ts';
import { consoleDomain, consoleIdleMs, consoleLinkSeconds, consoleMaxSessions, consoleTls } from './console.settings.ts';
import { createConsoleEndpoint } from './create-console-endpoint.command.ts';

export const consoleArea = area({
  name: 'console',
  commands: [createConsoleEndpoint],
  entities: [ConsoleSession],
  reconcilers: [consoleReconciler],
  settings: [consoleTls, consoleDomain, consoleIdleMs, consoleMaxSessions, consoleLinkSeconds],
});
