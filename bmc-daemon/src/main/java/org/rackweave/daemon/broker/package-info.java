/**
 * The broker: what the VMs of this node's own host get. It decides who has how much, and the host's agent does it.
 *
 * <p>Invariant: no VM is ordered below its guarantee, and no order makes the host give more than it has.
 */
@NullMarked
package org.rackweave.daemon.broker;

import org.jspecify.annotations.NullMarked;
