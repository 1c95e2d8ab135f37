// Branded internal ids: plain numbers at run time, not interchangeable at compile time.

declare const brand: unique symbol;
export type Id<Noun extends string> = number & { readonly [brand]: Noun };

export type VmId = Id<'vm'>;
