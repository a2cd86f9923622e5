/**
 * What one machine has, as it was read at one moment: immutable values and the problems met while reading them.
 *
 * <p>A fact that the machine did not tell is an empty {@link java.util.Optional}; nothing here stands for "unknown". The
 * components of these records are {@code Optional} because a component is its accessor's return type; discovery alone
 * builds them. Byte counts, link rates and the like carry their unit at the end of their name.
 *
 * <p><b>Invariant:</b> two inventories are equal when, and only when, everything that was read is equal; nothing here
 * reads, waits, or knows a clock.
 */
@NullMarked
package org.rackweave.hal.inventory;

import org.jspecify.annotations.NullMarked;
