/**
 * The one that steps the cores and carries out what they want: persist, then hardware, then send.
 *
 * <p><b>Invariant:</b> nothing leaves this node, and no hardware moves, for a step that is not in the ledger; when the ledger
 * refuses, the cores go back to where they were.
 */
@NullMarked
package org.rackweave.daemon.conductor;

import org.jspecify.annotations.NullMarked;
