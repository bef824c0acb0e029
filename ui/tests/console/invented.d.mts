/** The records of a log in which everything happens. */
export function eventful(): unknown[];
/** The answer to `sittings`. */
export function many(changed?: boolean): unknown;
