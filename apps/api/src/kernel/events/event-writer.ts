// Audit events and alerts, as commands, steps and reconcilers write them.

export interface EventDraft {
  /** For example VM.START. */
  readonly type: string;
  readonly description: string;
  readonly level?: 'INFO' | 'WARN' | 'ERROR';
  readonly state?: 'Created' | 'Scheduled' | 'Started' | 'Completed';
  /** What it is about. */
  readonly subject?: { readonly type: string; readonly id: number; readonly uuid: string };
  /** The owner, when it is not the caller. */
  readonly accountId?: number;
  /** Uuid of the Scheduled event that the events of one job share; that event has it as its own uuid. */
  readonly startId?: string;
}

/** Collects events; they are written in one insert when the transaction commits. */
export interface EventWriter {
  add(event: EventDraft): void;
}

export interface AlertDraft {
  /** For example ALERT.HOST. */
  readonly type: string;
  readonly subject: string;
  readonly content: string;
  readonly zoneId?: number;
  readonly podId?: number;
  /** One open alert per cause: writing it again refreshes it. */
  readonly cause: string;
}

/** Raises and clears alerts: once per cause, cleared when it is over. */
export interface AlertWriter {
  raise(alert: AlertDraft): Promise<void>;
  clear(cause: string): Promise<void>;
}
