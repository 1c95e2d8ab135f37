// area(): the table of contents of one resource family, from which the server is put together.
import type { EntityManager } from 'typeorm';
import type { Command } from './command/command.ts';
import type { AccessRule, Resource } from './command/resource.ts';
import type { Source } from './command/source.ts';
import type { View } from './command/view.ts';
import type { Saga } from './jobs/saga.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import type { Setting } from './settings/settings.ts';

/** How a job presents the object it ended with: looked up when the job is asked for, seen with the asker's eyes. */
export interface Presenter<Row = never> {
  /** The job subject's type, for example `VirtualMachine`. */
  readonly type: string;
  readonly view: View<Row>;
  readonly source: Source<Row>;
  /** Other views of the same rows: of commands that answer with one of them. */
  readonly otherViews: readonly View<Row>[];
}

export function presenter<Row>(type: string, view: View<Row>, source: Source<Row>, otherViews: readonly View<Row>[] = []): Presenter {
  return { type, view, source, otherViews } as unknown as Presenter;
}

/** A resource of any row class. */
export type AnyResource = Omit<Resource, 'may'> & { readonly may: AccessRule<never> };
/** A setting of any value type. */
export type AnySetting = Omit<Setting, 'refuse'> & { readonly refuse?: (value: never) => string | undefined };

/** What an area keeps for accounts or domains, so that one that still holds something is not deleted. */
export interface Contents {
  /** In the singular: `instance`. */
  readonly noun: string;
  count(read: EntityManager, ownerIds: readonly number[]): Promise<number>;
}

export interface Area {
  readonly name: string;
  readonly commands: readonly Command[];
  readonly resources: readonly AnyResource[];
  /** TypeORM entity classes, also those that are no API resource. */
  readonly entities: readonly (abstract new () => unknown)[];
  readonly sagas: readonly Saga[];
  readonly reconcilers: readonly Reconciler[];
  readonly presenters: readonly Presenter[];
  readonly settings: readonly AnySetting[];
  readonly accountContents: readonly Contents[];
  /** Beside what the accounts in a domain hold. */
  readonly domainContents: readonly Contents[];
}

export function area(declaration: Pick<Area, 'name'> & Partial<Area>): Area {
  return {
    commands: [],
    resources: [],
    entities: [],
    sagas: [],
    reconcilers: [],
    presenters: [],
    settings: [],
    accountContents: [],
    domainContents: [],
    ...declaration,
  };
}
