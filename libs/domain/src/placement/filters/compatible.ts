// The machine's hypervisor and processor architecture.
import type { HostFilter } from '../placement.ts';

export const compatible: HostFilter = (host, request) => {
  if (host.hypervisor !== request.hypervisor) return `runs ${host.hypervisor}, the machine needs ${request.hypervisor}`;
  if (request.arch !== undefined && host.arch !== request.arch) return `is ${host.arch}, the template is for ${request.arch}`;
  return undefined;
};
