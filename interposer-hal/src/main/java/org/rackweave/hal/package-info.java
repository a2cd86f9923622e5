/**
 * The hardware of one server or chassis: what is there, and the ports by which it is re-routed.
 *
 * <p><b>Invariant:</b> nothing here knows a neighbour, a lease or a message; a call either did what it says, did nothing, or says that it does not know.
 */
@NullMarked
package org.rackweave.hal;

import org.jspecify.annotations.NullMarked;
