// The registry: every command, resource and presenter of every area, looked up by name.
import type { Area, Presenter } from '../area.ts';
import type { Command } from './command.ts';
import type { EntityClass, Resource } from './resource.ts';

export class Registry {
  private readonly commandsByName = new Map<string, Command>();
  private readonly resourcesByEntity = new Map<EntityClass, Resource>();
  private readonly presentersByType = new Map<string, Presenter>();

  constructor(readonly areas: readonly Area[]) {
    for (const area of areas) {
      for (const command of area.commands) {
        if (this.commandsByName.has(command.name)) throw new Error(`command ${command.name} is declared twice`);
        this.commandsByName.set(command.name, command);
      }
      for (const resource of area.resources) this.resourcesByEntity.set(resource.entity as EntityClass, resource as unknown as Resource);
      for (const presenter of area.presenters) this.presentersByType.set(presenter.type, presenter);
    }
    this.checkReferences();
  }

  get commands(): readonly Command[] {
    return [...this.commandsByName.values()];
  }

  /** Command names are case-sensitive. */
  find(name: string): Command | undefined {
    return this.commandsByName.get(name);
  }

  /** @throws Error for an entity that no area declares as a resource: its rows have no access rule */
  resourceOf(entity: EntityClass): Resource {
    const resource = this.resourcesByEntity.get(entity);
    if (!resource) throw new Error(`${entity.name} is used as a parameter but no area declares it as a resource`);
    return resource;
  }

  resourceByType(type: string): Resource | undefined {
    return [...this.resourcesByEntity.values()].find((resource) => resource.type.toLowerCase() === type.toLowerCase());
  }

  presenter(type: string): Presenter | undefined {
    return this.presentersByType.get(type);
  }

  /** Every id parameter must point at a resource with an access rule, or the server does not start. */
  private checkReferences(): void {
    for (const command of this.commandsByName.values()) {
      for (const param of Object.values(command.params)) if (param.ref) this.resourceOf(param.ref.entity);
    }
  }
}
