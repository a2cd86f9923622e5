/**
 * Microchip Switchtec PCI Express switches: a client, and the two ways to reach one, Ethernet and the kernel's {@code
 * /dev/switchtecN}.
 *
 * <p><b>Invariant:</b> one thread drives a link, and a link has one command under way. After an exchange without a whole answer nothing more
 * is sent over that link until it was drained or opened anew, so that a late answer is never taken for that of a later command.
 */
@NullMarked
package org.rackweave.hal.switchtec;

import org.jspecify.annotations.NullMarked;
