/**
 * The daemon of one node: pure cores, the conductor that steps them, the shells around it.
 *
 * <p><b>Invariant:</b> persist, then hardware, then send; the cores see neither clock nor thread nor file.
 */
@NullMarked
package org.rackweave.daemon;

import org.jspecify.annotations.NullMarked;
