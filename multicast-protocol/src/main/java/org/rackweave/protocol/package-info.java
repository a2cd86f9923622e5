/**
 * What nodes say to one another: messages and their codec, the multicast and the unicast channel, membership.
 *
 * <p><b>Invariant:</b> bytes from the network never throw; they decode to a value or to a counted rejection.
 */
@NullMarked
package org.rackweave.protocol;

import org.jspecify.annotations.NullMarked;
