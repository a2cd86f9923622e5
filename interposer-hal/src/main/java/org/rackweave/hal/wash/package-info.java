/**
 * Wiping by a host that can map the memory, and reading back that it is zero: what a management controller cannot do for the memory of a
 * switch itself, which it is not wired to.
 */
@NullMarked
package org.rackweave.hal.wash;

import org.jspecify.annotations.NullMarked;
