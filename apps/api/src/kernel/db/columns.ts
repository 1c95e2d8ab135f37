// Column conventions: the decorators every entity uses, so that types and names are the same everywhere.
import { Column, type ColumnOptions, PrimaryGeneratedColumn } from 'typeorm';

/** Internal id: `int unsigned`, because MariaDB's bigint ids change type between insert and find. */
export const IdColumn = (): PropertyDecorator => PrimaryGeneratedColumn({ type: 'int', unsigned: true });

/** The API's id: 36 characters, unique, compared byte by byte. */
export const UuidColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin', unique: false, ...options });

/** The internal id of a row in another table. */
export const RefColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'int', unsigned: true, ...options });

/** Text as people type it, up to 255 characters unless told otherwise. */
export const TextColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'varchar', length: 255, ...options });

/** A word of ours: states, kinds, event types. Compared byte by byte. */
export const WordColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'varchar', length: 64, charset: 'ascii', collation: 'ascii_bin', ...options });

export const FlagColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'boolean', default: false, ...options });

export const IntColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'int', ...options });

/** Bytes and other figures beyond 2^31; safe up to 2^53. */
export const BigColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'bigint', ...options });

/** A moment in UTC with milliseconds. */
export const MomentColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'datetime', precision: 3, ...options });

/** Long text, for JSON and user data. */
export const LongTextColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'longtext', ...options });

/** Counts the changes of a row with a state; see transition(). */
export const VersionColumn = (): PropertyDecorator => Column({ type: 'int', unsigned: true, default: 0 });
