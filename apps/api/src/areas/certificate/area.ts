// Certificates with which system machines serve browsers.
import { area, presenter } from '../../kernel/area.ts';
import { Certificate, OwnAuthority } from './certificate.entity.ts';
import { certificateReconciler } from './certificate.reconciler.ts';
import { certificateSource, customCertificateView } from './certificate.view.ts';
import { uploadCertificate, uploadCustomCertificate } from './upload-custom-certificate.command.ts';

export const certificateArea = area({
  name: 'certificate',
  commands: [uploadCustomCertificate],
  entities: [Certificate, OwnAuthority],
  sagas: [uploadCertificate],
  presenters: [presenter('CustomCertificate', customCertificateView, certificateSource)],
  reconcilers: [certificateReconciler],
});
