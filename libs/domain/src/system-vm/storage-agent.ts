// What secondary-storage VMs are told: which stores they work on, which files to bring there, and which to hand out.
import type { AgentTls } from './agent-protocol.ts';

/** A secondary storage, which the machine mounts. */
export interface StoreMount {
  readonly uuid: string;
  readonly server: string;
  /** Absolute path of the export. */
  readonly path: string;
}

export interface StorageConfiguration {
  /** TCP, on its management card. */
  readonly port: number;
  /** Null serves plain http, which an administrator has to ask for. */
  readonly tls: AgentTls | null;
  readonly stores: readonly StoreMount[];
  /** Subnets (`10.0.0.0/8`) that files may be fetched from although they are internal. */
  readonly allowedInternalSites: readonly string[];
  /** HMAC-SHA256 key of signed uploads, hex. */
  readonly uploadKey: string;
}

export interface TransferCaps {
  /** Of the file as it comes and as it lies in the store. */
  readonly maxFileBytes: number;
  /** Of the disk that machines see. */
  readonly maxVirtualBytes: number;
}

/** A file that is to come into a store. */
export interface TransferTarget {
  /** Uuid: the same id is the same transfer, on whichever machine it goes on. */
  readonly id: string;
  /** Of the store. */
  readonly store: string;
  /** Relative to the store's root. */
  readonly path: string;
  readonly format: 'qcow2' | 'iso';
  /** `{SHA-256}…` of the file as it comes; empty when nobody knows it. */
  readonly checksum: string;
  readonly caps: TransferCaps;
}

export interface DownloadRequest extends TransferTarget {
  readonly url: string;
}

export interface StoredImage {
  readonly virtualSizeBytes: number;
  readonly fileBytes: number;
  /** Of the file as it lies in the store, hex. */
  readonly sha256: string;
}

export interface TransferReport {
  readonly id: string;
  /** Uuid. */
  readonly store: string;
  readonly kind: 'download' | 'upload';
  /**
   * `paused`: an agent before this one began it, and `storage.download` goes on with it. `installing`: all bytes have come; they are unpacked,
   * judged and put in their place.
   */
  readonly state: 'paused' | 'transferring' | 'installing' | 'done' | 'failed';
  readonly bytesDone: number;
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number;
  /** Why it failed, or what it waits for; empty otherwise. */
  readonly message: string;
  /** Once it is done. */
  readonly image: StoredImage | null;
}

/** A file that anyone who knows the token may fetch. */
export interface PublishRequest {
  readonly id: string;
  /** 43 characters of base64url. */
  readonly token: string;
  readonly store: string;
  readonly path: string;
  /** What browsers call it when they save it. */
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

type Nothing = Record<string, never>;

declare module './agent-protocol.ts' {
  interface AgentConfigurations {
    secondarystoragevm: StorageConfiguration;
  }

  interface AgentCommands {
    /** Begins or goes on with a download. Known already: fine. `missing` when the store is not mounted. */
    'storage.download': AgentCommand<DownloadRequest, Nothing>;
    /** Ends a transfer, in whatever state, and removes all that is there of it but a file that has its place. Unknown: fine. */
    'storage.forget': AgentCommand<{ readonly id: string; readonly store: string }, Nothing>;
    /** Shown under the same address when asked again. `missing` when there is no such file. */
    'storage.publish': AgentCommand<PublishRequest, Nothing>;
    /** Unknown: fine. */
    'storage.unpublish': AgentCommand<{ readonly id: string }, Nothing>;
    /** All transfers that it knows, uploads too, and the ids of what it hands out. */
    'storage.report': AgentCommand<Nothing, { readonly transfers: readonly TransferReport[]; readonly links: readonly string[] }>;
  }
}

/** What a signed upload says about itself, as base64url of JSON. */
export interface UploadMetadata extends TransferTarget {}

/** Headers of an upload, which is a POST with the file as multipart form data or as it is. */
export const uploadHeaders = { metadata: 'x-metadata', expires: 'x-expires', signature: 'x-signature' } as const;

export function uploadPath(id: string): string {
  return `/upload/${id}`;
}

/** What the signature (HMAC-SHA256, hex) of an upload is made of. */
export function uploadSigningText(metadata: string, path: string, expires: string): string {
  return `${metadata}\n${path}\n${expires}`;
}

/** Where a published file is. */
export function linkPath(token: string, fileName: string): string {
  return `/userdata/${token}/${fileName}`;
}
