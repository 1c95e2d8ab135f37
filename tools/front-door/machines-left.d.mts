// Types of machines-left.mjs for its test.
export interface MachineLeft {
  readonly name: string;
  readonly instanceName: string;
  readonly host?: string | null;
  readonly state: string;
}
export function linesOfMachinesLeft(left: {
  readonly guests: readonly MachineLeft[];
  readonly systemMachines: readonly (MachineLeft & { readonly uuid: string })[];
}): string[];
