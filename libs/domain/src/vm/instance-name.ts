// The name by which a hypervisor knows a machine of ours.

export function instanceNameOf(accountId: number, vmId: number): string {
  return `i-${accountId}-${vmId}-VM`;
}

/** Undefined for the names of machines that are not ours. */
export function findInstance(name: string): { accountId: number; vmId: number } | undefined {
  const match = /^i-([1-9][0-9]{0,14})-([1-9][0-9]{0,14})-VM$/.exec(name);
  return match ? { accountId: Number(match[1]), vmId: Number(match[2]) } : undefined;
}
