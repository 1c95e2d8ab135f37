// What a system machine reads from its own definition when it boots: who it is and its network cards. No secrets: its root and the host's read it.

export const systemVmKinds = ['secondarystoragevm', 'consoleproxy', 'domainrouter'] as const;
/** As the API names the kinds. */
export type SystemVmKind = (typeof systemVmKinds)[number];

/** `control` is link-local on the host, for the management server alone; `management` is the pod's network; `guest` that of the guests. */
export type SystemNicPurpose = 'control' | 'management' | 'guest';

export interface SystemNicBootData {
  readonly purpose: SystemNicPurpose;
  readonly mac: string;
  /** Dotted IPv4. */
  readonly ip: string;
  readonly prefixLength: number;
  /** On the one card that holds the default route. */
  readonly gateway?: string;
}

export interface SystemVmBootData {
  readonly version: 1;
  readonly kind: SystemVmKind;
  readonly uuid: string;
  /** The host name, such as `s-1-VM`. */
  readonly name: string;
  readonly nics: readonly SystemNicBootData[];
  /** Name servers, dotted IPv4. */
  readonly dns: readonly string[];
  /** The line of `authorized_keys` with which the management server logs in. */
  readonly authorizedKey: string;
}
