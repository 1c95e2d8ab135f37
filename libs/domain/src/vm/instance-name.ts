// The name by which a hypervisor knows a machine of ours.

export function instanceNameOf(accountId: number, vmId: number): string {
  return `i-${accountId}-${vmId}-VM`;
}
