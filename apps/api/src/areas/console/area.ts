// Consoles of machines, shown by console proxies.
import { area, presenter } from '../../kernel/area.ts';
import { Certificate, OwnAuthority } from './certificate.entity.ts';
import { certificateSource, customCertificateView } from './certificate.view.ts';
import { ConsoleSession } from './console-session.entity.ts';
import { consoleReconciler } from './console.reconciler.ts';
import { consoleDomain, consoleIdleMs, consoleLinkSeconds, consoleMaxSessions, consoleTls } from './console.settings.ts';
import { createConsoleEndpoint } from './create-console-endpoint.command.ts';
import { uploadCertificate, uploadCustomCertificate } from './upload-custom-certificate.command.ts';

export const consoleArea = area({
  name: 'console',
  commands: [createConsoleEndpoint, uploadCustomCertificate],
  entities: [ConsoleSession, Certificate, OwnAuthority],
  sagas: [uploadCertificate],
  presenters: [presenter('CustomCertificate', customCertificateView, certificateSource)],
  reconcilers: [consoleReconciler],
  settings: [consoleTls, consoleDomain, consoleIdleMs, consoleMaxSessions, consoleLinkSeconds],
});
