/**
 * Somebody who can reach a rack's sockets and is no member of it. Runs as a process of its own and has none of its files
 * but the number of the port, which anybody on the link can see.
 *
 * <p><b>Invariant:</b> nothing here loads an identity or a key of the rack that it attacks.
 */
@NullMarked
package org.rackweave.sim.lab.adversary;

import org.jspecify.annotations.NullMarked;
