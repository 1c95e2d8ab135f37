// snake_case names in the database for camelCase properties.
import { DefaultNamingStrategy, type NamingStrategyInterface } from 'typeorm';

export class SnakeCaseNames extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
