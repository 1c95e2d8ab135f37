// What virtual routers are told: the networks they serve and the guests on them, each with its address, names, keys, user data and password.

/** A subnet of guests on the router's guest card. */
export interface RouterSubnet {
  /** Dotted IPv4, which guests get as their default route. */
  readonly gateway: string;
  readonly prefixLength: number;
}

/** What all guests of one router share. */
export interface RouterConfiguration {
  /** DNS suffix of the guests, which the router answers for alone. */
  readonly domain: string;
  /** Whether guests are told to ask this router for names, or `forwarders` themselves. */
  readonly servesDns: boolean;
  /** Name servers for everything else, dotted IPv4. */
  readonly forwarders: readonly string[];
  readonly subnets: readonly RouterSubnet[];
  /** Of the zone, in metadata. */
  readonly availabilityZone: string;
  /** Names this installation in metadata. */
  readonly cloudIdentifier: string;
}

/** One card of a machine on the router's network. */
export interface RouterGuest {
  /** Small letters; the key of the entry. */
  readonly mac: string;
  readonly ip: string;
  /** One label. */
  readonly hostName: string;
  /** Of the machine, in metadata. */
  readonly uuid: string;
  readonly serviceOffering: string;
  /** Lines of authorized_keys. */
  readonly publicKeys: readonly string[];
  /** Which user data belongs to it, sent before by `router.put-user-data`; null for none. */
  readonly userDataRevision: string | null;
  /** Chosen by the sender: says whether an entry is the one that it would send. */
  readonly digest: string;
}

export interface RouterGuestReport {
  readonly mac: string;
  /** Null while only user data or a password is there. */
  readonly digest: string | null;
  readonly userDataRevision: string | null;
  /** The newest password that was put, and whether the guest has taken it. */
  readonly password: { readonly revision: string; readonly isTaken: boolean } | null;
}

/** Entries of one `router.put-guests`, MAC addresses of one `router.remove-guests`. */
export const maxRouterBatch = 200;

type Nothing = Record<string, never>;

declare module './agent-protocol.ts' {
  interface AgentConfigurations {
    domainrouter: RouterConfiguration;
  }

  interface AgentCommands {
    /** Adds or replaces entries; another entry with the same address goes. `missing` when the user data of one is not there yet. */
    'router.put-guests': AgentCommand<{ readonly guests: readonly RouterGuest[] }, Nothing>;
    /** Kept for the card; guests get it once an entry names its revision. `sha256` (hex) is of the bytes, at most 1 MiB. */
    'router.put-user-data': AgentCommand<
      { readonly mac: string; readonly revision: string; readonly base64: string; readonly sha256: string },
      Nothing
    >;
    /** Given to the guest once; replaces one that was not asked for. The same revision again: fine. */
    'router.put-password': AgentCommand<{ readonly mac: string; readonly revision: string; readonly password: string }, Nothing>;
    /** With user data and password. Unknown: fine. */
    'router.remove-guests': AgentCommand<{ readonly macs: readonly string[] }, Nothing>;
    /** All that the router holds. */
    'router.list-guests': AgentCommand<Nothing, { readonly guests: readonly RouterGuestReport[] }>;
  }
}
