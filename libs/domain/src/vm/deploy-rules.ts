// The rules of a deployment request beyond its offering: names and root disk. Uniqueness and limits need the database.
import { problem } from '../errors.ts';
import { parseDisplayName } from '../names.ts';
import { assertGuestHostName } from '../network/host-names.ts';

const gib = 2 ** 30;
const maxRootDiskGib = 64 * 1024;

export interface MachineNames {
  /** A DNS label. */
  readonly hostName: string;
  readonly displayName: string;
}

/** Without a name the machine is called after its uuid; without a display name it is shown by its name. Throws `invalid`. */
export function machineNames(
  request: { readonly name?: string | undefined; readonly displayName?: string | undefined },
  uuid: string,
): MachineNames {
  if (request.name !== undefined) assertGuestHostName(request.name, 'name');
  const hostName = request.name ?? `VM-${uuid}`;
  return { hostName, displayName: request.displayName === undefined ? hostName : parseDisplayName(request.displayName, 'displayname') };
}

/**
 * The size of the root disk: that of the request (GiB), else of the offering, else of the template, and never less than
 * the template's. Throws `invalid`.
 */
export function rootDiskBytes(
  template: { readonly name: string; readonly virtualSizeBytes: number },
  requestedGib: number | undefined,
  offeringGib: number | null,
): number {
  if (requestedGib === undefined) return Math.max(template.virtualSizeBytes, (offeringGib ?? 0) * gib);
  if (!Number.isInteger(requestedGib) || requestedGib < 1 || requestedGib > maxRootDiskGib)
    throw problem('invalid', `rootdisksize is ${requestedGib}: it must be a whole number from 1 to ${maxRootDiskGib} (GiB)`);
  if (requestedGib * gib < template.virtualSizeBytes) {
    throw problem(
      'invalid',
      `rootdisksize of ${requestedGib} GiB is smaller than the template ${template.name}: give at least ${Math.ceil(template.virtualSizeBytes / gib)}`,
    );
  }
  return requestedGib * gib;
}
