// How files leave: by links, never to servers that somebody names.
import { problem } from '@strata/domain';

export function refuseUpload(mode: 'HTTP_DOWNLOAD' | 'FTP_UPLOAD'): void {
  if (mode === 'FTP_UPLOAD')
    throw problem('invalid', 'parameter mode: files are not sent to other servers: say HTTP_DOWNLOAD and fetch it by the link');
}
